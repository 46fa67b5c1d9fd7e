"""Training on a real cluster: a scheduler and two workers, and what happens when one of them is gone."""

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.errors import TrainingError
from core.services import usual
from core.training import cluster
from core.training.dispatch.desk import Desk
from core.training.routes import live
from core.training.routes.live import LiveViews
from core.training.runs.run_config import RunConfig
from tests.cluster import ROOT, Cluster
from tests.waiting import wait_for

from .waiting import LONG, reaches, steps_are_whole, trained, worker_pid

Make = Callable[..., RunConfig]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster-home"))
    yield made
    made.end()


@pytest.fixture
def desk(machines: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A server's desk, once the scheduler and both workers are there; nothing keeps them busy afterwards."""
    machines.repair(workers=2)
    monkeypatch.setenv("CONVSCOPE_HOME", str(machines.home))
    desk = cluster.desk(machines.address)
    desk.keep_looking()
    wait_for(lambda: desk.queue.at_once() == 2)
    yield desk
    for place in desk.queue.places():
        desk.stop(place.run_id, place.owner)
    wait_for(lambda: not desk.queue.places())
    desk.shutdown()


def test_two_runs_at_once_are_paused_stepped_watched_and_guarded_as_ever(desk: Desk, config: Make) -> None:
    desk.queue._turn_s = 1.0
    first, second = desk.submit(config(), "anna"), desk.submit(config(), "ben")
    trained(first, 1)
    trained(second, 1)
    assert (first.status().state, second.status().state) == ("running", "running")
    assert worker_pid(first) != worker_pid(second)
    assert [desk.queue.position(run.id) for run in (first, second)] == [0, 0]
    with pytest.raises(TrainingError, match="Received somebody else's"):
        desk.pause(first.id, "ben")
    with pytest.raises(TrainingError, match="Expected one run at a time"):
        desk.submit(config(), "anna")

    desk.pause(first.id, "anna")
    reaches(first, "paused")
    halted = first.status().epoch
    desk.step(first.id, "anna")
    wait_for(lambda: first.status().state == "paused" and first.status().epoch == halted + 1)
    watching = TestClient(Starlette(routes=live.routes(lambda: LiveViews(desk.queue))))
    assert watching.get(f"/live/runs/{first.id}?since=0").json()["steps"]["last"] == first.status().step
    desk.resume(first.id, "anna")
    third = desk.submit(config(replace(LONG, epochs=1)), "carl")
    waits = desk.queue.why_waiting(third.id)
    assert not waits or re.match(
        "The training processes are shared in turns of about 1 s; (one other run has its|2 other runs have their) turn",
        waits,
    )
    reaches(third, "finished")
    for run, owner in ((first, "anna"), (second, "ben")):
        desk.stop(run.id, owner)
        reaches(run, "stopped")
    for run in (first, second):
        steps_are_whole(run)


def test_the_run_of_a_killed_worker_goes_on_elsewhere_from_its_last_saved_state(
    desk: Desk, config: Make, machines: Cluster
) -> None:
    run = desk.submit(config(), "anna")
    trained(run, 3)
    before, lost = worker_pid(run), next(each for each in machines.workers if parent(worker_pid(run)) == each.pid)
    for pid in (lost.pid, before):  # as when the machine loses its power
        os.kill(pid, signal.SIGKILL)
    lost.wait()
    wait_for(lambda: desk.queue.at_once() == 1)
    reaches(run, "queued", "running")
    assert run.status().epoch >= 3
    wait_for(lambda: run.status().state == "running" and worker_pid(run) != before)
    machines.repair(workers=2)
    wait_for(lambda: desk.queue.at_once() == 2)
    reaches(run, "finished")
    steps_are_whole(run)
    assert run.epoch_table()["epoch"].tolist() == list(range(LONG.epochs + 1))


def test_a_run_waits_for_a_scheduler_that_is_gone_and_goes_on(desk: Desk, config: Make, machines: Cluster) -> None:
    run = desk.submit(config(replace(LONG, epochs=30)), "anna")
    trained(run, 2)
    assert machines.scheduler is not None
    machines.scheduler.kill()
    machines.scheduler.wait()
    wait_for(lambda: desk.queue.problem() == cluster.UNREACHED)
    reaches(run, "queued")  # its worker has saved its state
    halted = run.status().step
    assert halted
    assert desk.queue.why_waiting(run.id) == cluster.UNREACHED and desk.queue.position(run.id) == 1
    machines.repair(workers=2)
    reaches(run, "running")
    reaches(run, "finished")
    wait_for(lambda: desk.queue.at_once() == 2)
    steps_are_whole(run)


def test_a_server_that_ends_lets_its_run_go_and_the_next_one_takes_it_up(
    desk: Desk, config: Make, machines: Cluster
) -> None:
    gone = cluster.desk(machines.address)
    gone.keep_looking()
    wait_for(lambda: gone.queue.at_once() == 2)
    run = gone.submit(config(), "anna")
    trained(run, 1)
    gone.shutdown()
    reaches(run, "interrupted")
    assert "resume it" in run.status().message
    desk.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)


def test_jobs_keep_the_servers_limits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_MAX_RUN_HOURS", "0.5")
    executor = desk._executor
    assert executor.submit(os.getenv, "CONVSCOPE_MAX_RUN_HOURS").result(60) == "0.5"
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(60)
    with pytest.raises((AttributeError, TypeError, ValueError)):
        executor.submit(lambda: 1).result(60)


def test_workers_with_other_code_or_another_folder_are_refused_and_memory_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Make, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "home"))
    machines = Cluster(tmp_path / "home")
    monkeypatch.setenv("CONVSCOPE_EXECUTOR", machines.address)
    services = usual()
    desk = services.training
    desk.keep_looking()
    try:
        run = desk.submit(config(), "anna")
        assert desk.queue.why_waiting(run.id) == cluster.UNREACHED
        machines.schedule()
        machines.work(code=other_code(tmp_path))
        machines.work(CONVSCOPE_HOME=str(tmp_path / "elsewhere"))
        wait_for(lambda: sum("of the worker" in each for each in caplog.messages) == 2)
        said = " ".join(caplog.messages)
        assert f"the code {cluster.code()}. Received " in said and "the data folder" in said
        wait_for(lambda: desk.queue.why_waiting(run.id) == cluster.OTHERS)
        desk.pause(run.id, "anna")
        assert run.status().state == "paused" and desk.queue.position(run.id) is None
        machines.work(CONVSCOPE_TRAINING_MEMORY_GB="0.3")
        wait_for(lambda: desk.queue.at_once() == 1)
        assert desk.queue.problem() == ""
        with pytest.raises(Exception, match=r"needed more than the 0\.3 GB of memory"):
            desk._executor.submit(np.ones, 2_000_000_000).result(60)
        assert desk._executor.submit(pow, 2, 5).result(60) == 32
    finally:
        services.shutdown()
        machines.end()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def other_code(folder: Path) -> Path:
    """Copy the code into `folder`, and change it."""
    shutil.copytree(ROOT / "core", folder / "code" / "core", ignore=shutil.ignore_patterns("shipped", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder / "code")
    changed = folder / "code" / "core" / "duration.py"
    changed.write_text(changed.read_text() + "# another version\n")
    return folder / "code"
