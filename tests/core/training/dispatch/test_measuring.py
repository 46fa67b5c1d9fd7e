"""How fast a network trains is measured while nobody trains, and TensorFlow loaded ahead."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.data.dataset import Dataset
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.runs.run_config import RunConfig
from core.training.worker.executor import WorkerExecutor
from tests.core.training.conftest import SMALL
from tests.core.training.waiting import LONG, reaches, worker_pid
from tests.waiting import PATIENCE_S, wait_for


def test_preparing_starts_one_worker_and_loads_tensorflow(
    executor: WorkerExecutor, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = WorkerExecutor()
    desk = Desk(fresh)
    try:
        monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
        desk.prepare()
        assert fresh.pid is None
        monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
        desk.prepare()
        desk.prepare()
        wait_for(lambda: fresh.pid is not None)
        pid = fresh.pid
        assert "tensorflow" in fresh.submit(eval, "__import__('sys').modules.keys() | set()").result(PATIENCE_S)
        run = desk.submit(config(replace(LONG, epochs=1)), "anna")
        wait_for(lambda: run.status().phase or run.status().step)
        reaches(run, "finished")
        assert worker_pid(run) == pid == fresh.pid
        assert run.status().phase == ""
    finally:
        fresh.shutdown()


def test_a_measurement_makes_way_for_a_run(
    digits: Dataset, config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = WorkerExecutor()
    desk = Desk(executor)
    try:
        executor.submit(pow, 1, 1).result(PATIENCE_S)
        slow = replace(LONG, batch_size=500)
        assert not desk.estimate(Architecture.strong(), slow, digits).measured
        run = desk.submit(config(replace(LONG, epochs=1)), "anna")
        reaches(run, "finished")
        assert not desk.estimate(Architecture.strong(), slow, digits).measured
    finally:
        executor.shutdown()


def test_an_estimate_is_measured_by_the_worker_once(
    desk: Desk, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(lambda: not desk.queue.places())
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = WorkerExecutor()  # its worker keeps measurements in this test's folder
    fresh = Desk(executor)
    try:
        guess = fresh.estimate(SMALL, LONG, digits)
        assert not guess.measured
        assert guess.measuring
        wait_for(lambda: fresh.estimate(SMALL, LONG, digits).measured)
        assert fresh.estimate(SMALL, LONG, digits).seconds > 0
    finally:
        fresh.shutdown()


def test_what_cannot_be_measured_is_not_tried_for_ever(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))  # nothing has trained there
    tried = []

    class Fails(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
            tried.append(fn)
            future: Future[Any] = Future()
            future.set_exception(MemoryError())
            return future

    desk = Desk(Fails())
    recipe = replace(LONG, batch_size=123)
    desk.estimate(SMALL, recipe, digits)
    assert not desk.estimate(SMALL, recipe, digits).measuring
    assert len(tried) == 1
