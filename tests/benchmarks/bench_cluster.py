"""What a second machine brings to training: a cluster of one worker and of two, all of them on this machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import registry
from core.training import cluster
from core.training.dispatch.desk import Desk
from core.training.recipes import RECIPES, architecture_for
from core.training.runs.run_config import RunConfig, new_config
from tests.benchmarks.conftest import Record
from tests.cluster import Cluster
from tests.waiting import wait_for

ROUNDS, EPOCHS = 3, 6


def seconds_of(desk: Desk, config: Callable[[], RunConfig], owners: tuple[str, ...]) -> float:
    """Return how long runs of these owners take that are asked for at once."""
    began = time.monotonic()
    runs = [desk.submit(config(), owner) for owner in owners]
    wait_for(lambda: all(run.status().state == "finished" for run in runs))
    return time.monotonic() - began


def test_two_runs_on_a_cluster(tmp_path: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wall time of two runs of the digits on one worker and on two, in turn; each trains on one thread, as machines
    of one core would, so that two of them find a core each."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.setenv(name, "1")
    digits, recipe = registry.load("digits"), replace(RECIPES["digits"], epochs=EPOCHS)
    machines = Cluster(tmp_path)
    machines.schedule()
    machines.work()
    machines.work()
    desk = cluster.desk(machines.address)
    desk.keep_looking()
    places, pair = desk.queue.at_once, ("anna", "ben")

    def config() -> RunConfig:
        return new_config(digits, architecture_for("tutorial", 10), recipe)

    try:
        wait_for(lambda: places() == 2)
        seconds_of(desk, config, pair)  # loads TensorFlow on both
        one, two = [], []
        for _ in range(ROUNDS):
            two.append(seconds_of(desk, config, pair))
            desk.queue.at_once = lambda: 1
            one.append(seconds_of(desk, config, pair))
            desk.queue.at_once = places
    finally:
        desk.shutdown()
        machines.end()
    record("cluster, two runs on one worker", "s", one)
    record("cluster, two runs on two workers", "s", two)
    record("cluster, two workers against one", "times as fast", [statistics.median(one) / statistics.median(two)])
