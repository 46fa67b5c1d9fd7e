"""A network of 58,378 parameters once took the server 19.9 GB, and the worker 4.8 GB only to be looked at."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import SHIPPED_RUNS
from core.data.dataset import Dataset
from core.errors import TooLargeError
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.recipe import Recipe
from core.training.runs.files import write_json
from core.training.runs.flag import Flag
from core.training.runs.run import Run
from core.training.runs.run_config import new_config
from core.training.worker import jobs, measurements
from core.training.worker.executor import WorkerExecutor
from tests.waiting import wait_for

from .conftest import QUICK, SMALL

HEAVY = Architecture.from_text("u-c512k1-" + "n-" * 25 + "ga-d10l")
WIDE = Architecture.from_text("s-c512k1-n-r-c64k3-n-r-ga-d10l")
"""Within the bound of a network, but not in batches of 500."""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    desk = Desk(WorkerExecutor())
    yield desk
    desk.shutdown()


def peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the peak of another process is read from /proc")
    lines = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1e3 if lines else 0.0  # one that has just ended has none


def test_too_large_networks_and_batches_are_refused_before_anything_is_written(
    desk: Desk, digits: Dataset, home: Path
) -> None:
    with pytest.raises(TooLargeError, match="for one image"):
        desk.submit(new_config(digits, HEAVY, Recipe()), "anna")
    with pytest.raises(TooLargeError, match=r"Received 500 images that need about .* GB. Use at most \d+ images"):
        desk.submit(new_config(digits, WIDE, Recipe(batch_size=500)), "anna")
    assert not list((home / "runs").glob("*"))


def test_a_run_of_an_earlier_home_ends_with_a_sentence_and_the_next_ones_train(
    desk: Desk, digits: Dataset, home: Path
) -> None:
    config = replace(new_config(digits, HEAVY, Recipe(batch_size=500)), owner="anna", title="Heavy")
    old = Run(home / "runs" / config.id)
    old.folder.mkdir(parents=True)
    write_json(old.folder / "config.json", config.to_json())
    write_json(old.folder / "control.json", {"wish": "pause", "serial": 1})
    assert old.status().state == "paused"
    desk.resume(old.id, "anna")
    wait_for(lambda: old.status().state == "failed")
    assert "at most 16 MB of memory" in old.status().message
    other = desk.submit(new_config(digits, SMALL, QUICK), "ben")
    wait_for(lambda: other.status().state == "finished")
    pid = desk._executor.pid  # type: ignore[attr-defined]
    assert pid is not None
    assert peak_megabytes(pid) < 1500


def test_looking_at_heavy_networks_measures_nothing(desk: Desk, digits: Dataset) -> None:
    for architecture, batch in ((HEAVY, 16), (HEAVY, 500), (WIDE, 64), (Architecture.strong(), 2000)):
        found = desk.estimate(architecture, Recipe(batch_size=batch), digits)
        assert not found.measuring
        assert found.seconds > 0
    assert desk._executor.pid is None  # type: ignore[attr-defined]


def test_what_runs_have_shown_is_not_measured(home: Path, digits: Dataset, desk: Desk) -> None:
    recipe = Recipe(batch_size=32)
    for shipped in ("digits", "fast"):
        shutil.copytree(SHIPPED_RUNS / shipped, home / "runs" / f"{shipped}-1")
    measurements.learn(Run(folder) for folder in (home / "runs").iterdir())
    found = desk.estimate(Architecture.tutorial(), recipe, digits)
    assert found.measured
    alike = desk.estimate(
        Architecture.from_text("u-c32-m2-c32-m2-c48-f-d64-d10l"), replace(recipe, batch_size=48), digits
    )
    assert not alike.measured
    assert not alike.measuring
    assert 0.8 < alike.images_per_s / found.images_per_s < 1.5
    assert desk._executor.pid is None  # type: ignore[attr-defined]


def test_a_measurement_makes_way_for_a_run_although_a_step_takes_long(desk: Desk, digits: Dataset, home: Path) -> None:
    """Steps of this one take seconds: where it is in the middle of one, its process ends, and a new one trains."""
    executor = desk._executor
    assert isinstance(executor, WorkerExecutor)
    executor.submit(jobs.load).result(120)
    hurry = Flag(home / "hurry")
    measuring = executor.submit(jobs.measure, HEAVY.to_text(), 32, "adam", "float32", str(hurry.path))
    desk._measuring._measuring["heavy"] = measuring, hurry
    wait_for(lambda: measuring.done() or peak_megabytes(executor.pid or os.getpid()) > 1000)  # in its first step
    began = time.monotonic()
    run = desk.submit(new_config(digits, SMALL, QUICK), "anna")
    wait_for(measuring.done)
    assert time.monotonic() - began < 15
    wait_for(lambda: run.status().state == "finished")
