"""Turns and faults, with a real worker process that trains digits."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.runs import flag
from core.training.runs.catalogue import find_run
from core.training.runs.files import write_json
from core.training.runs.lock import FolderLock
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from core.training.worker.executor import WorkerExecutor
from core.training.worker.jobs import Moved
from tests.core.training.waiting import (
    LONG,
    ROOT,
    ByHand,
    ByHandDesk,
    alive,
    reaches,
    steps_are_whole,
    trained,
    worker_pid,
)
from tests.waiting import PATIENCE_S, wait_for


def test_a_wish_shows_until_it_is_heard(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(config(), "anna")
    trained(run, 1)
    os.kill(worker_pid(run), signal.SIGSTOP)  # busy with a very long step
    try:
        desk.step(run.id, "anna")
        status = run.status()
        assert (status.state, status.pending) == ("running", "")
        assert status.until_epoch is not None
        desk.pause(run.id, "anna")
        assert (run.status().state, run.status().pending, run.status().until_epoch) == ("running", "pause", None)
        desk.stop(run.id, "anna")
        assert (run.status().state, run.status().pending) == ("running", "stop")
    finally:
        os.kill(worker_pid(run), signal.SIGCONT)
    reaches(run, "stopped")
    assert run.status().pending == ""


def test_stop_frees_the_worker_for_the_next(desk: Desk, config: Callable[..., RunConfig]) -> None:
    first, second = desk.submit(config(), "anna"), desk.submit(config(replace(LONG, epochs=1)), "ben")
    trained(first, 1)
    assert [desk.queue.position(run.id) for run in (first, second)] == [0, 1]
    assert [place.run_id for place in desk.queue.places()] == [first.id, second.id]
    assert second.status().state == "queued"
    desk.stop(first.id, "anna")
    reaches(first, "stopped")
    reaches(second, "finished")
    assert first.status().epoch < 20
    assert 1 in first.epochs


def test_a_waiting_run_can_be_paused_and_taken_up_again(desk: Desk, config: Callable[..., RunConfig]) -> None:
    first, second = desk.submit(config(), "anna"), desk.submit(config(replace(LONG, epochs=1)), "ben")
    desk.pause(second.id, "ben")
    assert second.status().state == "paused"
    assert desk.queue.position(second.id) is None
    desk.resume(second.id, "ben")
    assert second.status().state == "queued"
    desk.stop(first.id, "anna")
    reaches(second, "finished")


def test_resumed_before_the_pause_was_heard_it_goes_on(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(config(replace(LONG, epochs=4)), "anna")
    trained(run, 1)
    desk.pause(run.id, "anna")
    desk.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)


def test_a_step_asked_for_while_the_worker_pauses_is_taken(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, jobs_given = by_hand
    run = desk.submit(config(), "anna")
    jobs_given[0].set_running_or_notify_cancel()
    held = FolderLock(run.folder)  # the worker trains it
    desk.pause(run.id, "anna")
    desk.step(run.id, "anna")
    write_json(run.folder / "status.json", {"state": "paused", "serial": 2, "epoch": 3})  # it had not heard of the step
    held.release()
    jobs_given[0].set_result("paused")
    assert len(jobs_given) == 2
    assert (run.status().state, run.status().until_epoch) == ("queued", 1)


def test_a_step_of_a_waiting_run_is_kept(by_hand: ByHandDesk, config: Callable[..., RunConfig]) -> None:
    desk, jobs_given = by_hand
    run = desk.submit(config(), "anna")
    desk.step(run.id, "anna")
    assert (run.status().state, run.status().until_epoch, len(jobs_given)) == ("queued", 1, 1)


def test_a_short_run_is_not_behind_a_long_one(executor: WorkerExecutor, config: Callable[..., RunConfig]) -> None:
    desk = Desk(executor, turn_s=1.0)
    long = desk.submit(config(replace(LONG, epochs=20)), "anna")
    trained(long, 1)
    short = desk.submit(config(replace(LONG, epochs=1)), "ben")
    assert "turns of about 1 s; one other run has its turn before this one" in desk.queue.why_waiting(short.id)
    reaches(short, "finished")
    assert long.status().state in ("queued", "running") and long.status().epoch < 20
    wait_for(lambda: long.status().state == "running")  # its next turn
    desk.stop(long.id, "anna")
    reaches(long, "stopped")
    wait_for(lambda: not desk.queue.places())


def test_a_killed_worker_costs_at_most_the_epoch(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(config(replace(LONG, epochs=8)), "anna")
    waiting = desk.submit(config(replace(LONG, epochs=1)), "ben")
    trained(run, 2)
    os.kill(worker_pid(run), signal.SIGKILL)
    reaches(run, "interrupted")
    status = run.status()
    assert status.message.startswith("Its training process ended unexpectedly")
    assert status.epoch >= 2
    reaches(waiting, "finished")  # by another worker
    desk.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)
    assert run.epoch_table()["epoch"].tolist() == list(range(9))


def test_a_full_disk_is_one_sentence_and_resumes(desk: Desk, config: Callable[..., RunConfig]) -> None:
    """Every write to /dev/full fails as on a full disk."""
    run = desk.submit(config(replace(LONG, epochs=3)), "anna")
    trained(run, 1)
    desk.pause(run.id, "anna")
    reaches(run, "paused")
    wait_for(lambda: desk.queue.position(run.id) is None)
    kept = run.folder / "steps-kept.csv"
    (run.folder / "steps.csv").rename(kept)
    (run.folder / "steps.csv").symlink_to("/dev/full")
    desk.resume(run.id, "anna")
    reaches(run, "failed")
    assert run.status().message == "The disk is full. Make room, then resume it; it goes on from its last epoch."
    wait_for(lambda: desk.queue.position(run.id) is None)
    (run.folder / "steps.csv").unlink()
    kept.rename(run.folder / "steps.csv")
    desk.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)


def test_divergence_is_explained(desk: Desk, config: Callable[..., RunConfig]) -> None:
    recipe = replace(LONG, optimizer="sgd", learning_rate=100.0, momentum=0.99)
    run = desk.submit(config(recipe, Architecture.from_text("u-c8s2l-f-d32l-d10l")), "anna")
    reaches(run, "failed")
    assert "diverged" in run.status().message


def test_data_that_are_gone_are_explained(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(replace(config(), dataset="cifar10", family="cifar10"), "anna")
    reaches(run, "failed")
    assert run.status().message.startswith("Expected ")


SERVER = """
import sys, time
from core.data import registry
from core.services import services
from core.training.recipe import Recipe
from core.training.runs.run_config import new_config
from core.model.structure.architecture import Architecture
from core.training.runs.snapshot import Snapshot
from core.training.runs.snapshot import Snapshot
recipe = Recipe(name="long", epochs=20, batch_size=20, training_images=600, validation="test")
config = new_config(registry.load("digits"), Architecture.from_text("u-c8s2-m2-f-d10l"), recipe)
run = services().training.submit(config, "anna")
print(run.folder, flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("how", ["kill -9", "shutdown"])
def test_when_the_server_ends_so_does_the_worker(
    executor: WorkerExecutor, desk: Desk, tmp_path: Path, how: str
) -> None:
    code = SERVER if how == "kill -9" else SERVER.replace("time.sleep(300)", "sys.stdin.readline()")
    environment = os.environ | {"CONVSCOPE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, env=environment) as server:
        assert server.stdout is not None
        run = Run(Path(server.stdout.readline().decode().strip()))
        trained(run, 1)
        pid = worker_pid(run)
        server.kill() if how == "kill -9" else server.communicate(b"\n", timeout=PATIENCE_S)
    wait_for(lambda: not alive(pid))
    assert run.status().state == "interrupted"
    assert "resume it" in run.status().message
    steps_are_whole(run)


def test_a_new_server_takes_up_what_waited_and_offers_what_was_interrupted(
    executor: WorkerExecutor, config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    recipe = replace(LONG, epochs=1)
    for name, status in (("waiting", None), ("running", {"state": "running", "serial": 1, "epoch": 0})):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        write_json(folder / "config.json", replace(config(recipe), id=name, owner="anna").to_json())
        write_json(folder / "control.json", {"wish": "run", "serial": 1})
        if status:
            write_json(folder / "status.json", status)
    desk = Desk(executor)
    desk.recover()
    reaches(find_run("waiting"), "finished")
    assert find_run("running").status().state == "interrupted"
    desk.resume("running", "anna")
    reaches(find_run("running"), "finished")


def test_runs_are_handed_on_as_many_at_once_as_there_are_workers(
    config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On any executor: those in hand are told by a flag in their folder that others wait, and leave after a turn."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = ByHand()
    desk = Desk(executor, at_once=lambda: 2)
    runs = [desk.submit(config(), name) for name in ("anna", "ben", "carl")]
    assert len(executor.futures) == 2
    assert [flag.others_wait(run.folder).up for run in runs] == [True, True, False]
    executor.futures[0].set_running_or_notify_cancel()
    executor.futures[0].set_result("queued")  # its turn is over; after two first turns the next is its own again
    assert len(executor.futures) == 3
    assert [place.run_id for place in desk.queue.places()] == [runs[1].id, runs[0].id, runs[2].id]
    assert [flag.others_wait(run.folder).up for run in runs] == [True, True, False]
    desk.stop(runs[2].id, "carl")
    assert not any(flag.others_wait(run.folder).up for run in runs)


def test_a_run_whose_worker_is_lost_waits_first_in_line_and_goes_on(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, jobs_given = by_hand
    run, other = desk.submit(config(), "anna"), desk.submit(config(), "ben")
    write_json(run.folder / "status.json", {"state": "running", "serial": 1, "epoch": 3})
    jobs_given[0].set_exception(Moved("gone"))
    assert desk.queue.order() == [run.id, other.id]
    assert run.status().state == "queued"
    desk.step(run.id, "anna")
    write_json(
        run.folder / "status.json", {"state": "interrupted", "serial": 3, "epoch": 3}
    )  # by the one that was lost
    desk.queue.look()
    assert (run.status().state, run.status().until_epoch) == ("queued", 4)

    jobs_given[1].set_running_or_notify_cancel()
    desk.pause(run.id, "anna")
    jobs_given[1].set_exception(Moved("gone"))
    assert run.status().state == "paused" and desk.queue.order() == [other.id]


def test_a_run_under_which_every_worker_is_lost_is_interrupted(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, jobs_given = by_hand
    run = desk.submit(config(), "anna")
    for epoch in (0, 1, 1, 1, 1, 1):
        write_json(run.folder / "status.json", {"state": "running", "serial": 99, "epoch": epoch})
        jobs_given[-1].set_exception(Moved("gone"))
        assert run.status().state == "queued"
    jobs_given[-1].set_exception(Moved("gone"))
    assert run.status().state == "interrupted" and "resume it to go on from epoch 1" in run.status().message
    assert not desk.queue.order()


def test_runs_wait_while_nothing_can_train_and_are_told_so(
    config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor, workers = ByHand(), [0]
    desk = Desk(executor, at_once=lambda: workers[0], problem=lambda: "" if workers[0] else "Nobody is there.")
    run = desk.submit(config(), "anna")
    assert not executor.futures
    assert (desk.queue.position(run.id), desk.queue.why_waiting(run.id)) == (1, "Nobody is there.")
    workers[0] = 2
    desk.queue.look()
    assert len(executor.futures) == 1 and desk.queue.position(run.id) == 0
    for name in ("ben", "carl"):
        last = desk.submit(config(), name)
    assert desk.queue.why_waiting(last.id).startswith(
        "The training processes are shared in turns of about 30 s; 2 other runs have their turn before this one, in"
    )
