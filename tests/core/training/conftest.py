"""A run that trains in a second or two: a small network on some of the digits."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import registry
from core.data.dataset import Dataset
from core.model.architecture import Architecture
from core.training.files import write_json
from core.training.recipe import Recipe
from core.training.run_config import RunConfig, new_config
from core.training.runs import Run

SMALL = Architecture.from_text("u-c8s2-m2-f-d10l")
QUICK = Recipe(epochs=3, batch_size=40, training_images=400, learning_rate=3e-3)


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
