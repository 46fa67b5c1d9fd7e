"""A run that trains in a second or two: a small network on some of the digits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import registry
from core.data.dataset import Dataset
from core.model.quality.evaluation import softmax
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.recipe import Recipe
from core.training.runs.files import write_json
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig, new_config
from core.training.worker.executor import WorkerExecutor
from tests.waiting import wait_for

from .waiting import LONG, ByHand, ByHandDesk

SMALL = Architecture.from_text("u-c8s2-m2-f-d10l")
QUICK = Recipe(epochs=3, batch_size=40, training_images=400, learning_rate=3e-3)


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of one file's tests: what another file's leave in line, or as Anna's runs, is nothing to them."""
    return tmp_path_factory.mktemp("training-home")


@pytest.fixture(autouse=True)
def _at_home(_isolated: None, monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(own_home))


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return registry.load("digits")


@pytest.fixture
def quick_config(digits: Dataset) -> RunConfig:
    return new_config(digits, SMALL, QUICK)


MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(quick_config: RunConfig, tmp_path: Path) -> MakeRun:
    """Return a function that writes the folder of a run that has not started."""

    def make(recipe: Recipe = QUICK, architecture: Architecture = SMALL, name: str = "quick", seed: int = 0) -> Run:
        folder = tmp_path / name
        folder.mkdir()
        config = replace(quick_config, id=name, recipe=recipe, architecture=architecture, seed=seed)
        epochs = tuple(range(recipe.epochs + 1))
        write_json(folder / "config.json", replace(config, snapshot_epochs=epochs).to_json())
        return Run(folder)

    return make


@pytest.fixture(scope="module")
def executor() -> Iterator[WorkerExecutor]:
    executor = WorkerExecutor()
    yield executor
    executor.shutdown()


@pytest.fixture
def desk(executor: WorkerExecutor) -> Iterator[Desk]:
    """A queue of its own for each test, on the one worker, which nothing keeps busy afterwards."""
    desk = Desk(executor)
    yield desk
    for place in desk.queue.places():
        desk.stop(place.run_id, place.owner)
    wait_for(lambda: not desk.queue.places())


@pytest.fixture
def config(digits: Dataset) -> Callable[..., RunConfig]:
    def make(recipe: Recipe = LONG, architecture: Architecture = SMALL) -> RunConfig:
        return new_config(digits, architecture, recipe)

    return make


@pytest.fixture
def by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ByHandDesk:
    """A queue without a worker in a folder of its own, and the jobs it has given away."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = ByHand()
    return Desk(executor), executor.futures


def assert_answers(stored: np.ndarray, logits: np.ndarray) -> None:
    """Stored logits (n, classes) give the answers of `logits`, as surely, and all other probabilities within 1 %."""
    kept, exact = softmax(stored), softmax(logits)
    assert np.abs(kept.max(axis=1) - exact.max(axis=1)).max() < 2e-5
    assert np.allclose(kept, exact, rtol=0.01, atol=1e-6)
