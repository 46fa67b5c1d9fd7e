"""Every control and every fault, with a real worker process that trains digits."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import Settings
from core.data.dataset import Dataset
from core.errors import ArchitectureError, RunError, TrainingError
from core.model.architecture import Architecture
from core.training import jobs
from core.training.catalogue import find_run, runs_folder
from core.training.executor import WorkerExecutor
from core.training.files import read_json, write_json
from core.training.lock import FolderLock
from core.training.permission import may_control
from core.training.queue import TrainingQueue
from core.training.recipe import Recipe
from core.training.run_config import RunConfig, new_config
from core.training.runs import Run
from core.training.trash import TRASH_S
from tests.damage import DAMAGES, FILES, whole_run

from .conftest import SMALL

LONG = Recipe(name="long", epochs=20, batch_size=20, training_images=600, validation="test")
ROOT = Path(__file__).parents[3]
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def executor() -> Iterator[WorkerExecutor]:
    executor = WorkerExecutor()
    yield executor
    executor.shutdown()


@pytest.fixture
def queue(executor: WorkerExecutor) -> Iterator[TrainingQueue]:
    """A queue of its own for each test, on the one worker, which nothing keeps busy afterwards."""
    queue = TrainingQueue(executor)
    yield queue
    for place in queue.places():
        queue.stop(place.run_id, place.owner)
    wait_for(lambda: not queue.places())


@pytest.fixture
def config(digits: Dataset) -> Callable[..., RunConfig]:
    def make(recipe: Recipe = LONG, architecture: Architecture = SMALL) -> RunConfig:
        return new_config(digits, architecture, recipe)

    return make


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def reaches(run: Run, *states: str) -> None:
    wait_for(lambda: run.status().state in states)


def trained(run: Run, epoch: int) -> None:
    wait_for(lambda: run.status().epoch >= epoch)


def worker_pid(run: Run) -> int:
    status = read_json(run.folder / "status.json")
    assert status is not None
    return int(status["pid"])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def steps_are_whole(run: Run) -> None:
    assert run.steps()["step"].tolist() == list(range(1, run.status().step + 1))


# Controls


def test_start_pause_step_resume_finish(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(config(replace(LONG, epochs=6)), "anna")
    assert run.status().state == "queued"
    assert queue.position(run.id) == 0 or queue.position(run.id) == 1
    trained(run, 1)
    queue.pause(run.id, "anna")
    reaches(run, "paused")
    wait_for(lambda: queue.position(run.id) is None)
    epoch = run.status().epoch
    queue.step(run.id, "anna")
    wait_for(lambda: run.status().state == "paused" and run.status().epoch == epoch + 1)
    queue.resume(run.id, "anna")
    reaches(run, "finished")
    assert run.status().epoch == 6
    assert run.epochs == tuple(range(7))
    steps_are_whole(run)
    with pytest.raises(TrainingError, match="finished"):
        queue.resume(run.id, "anna")


def test_a_wish_shows_until_it_is_heard(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(config(), "anna")
    trained(run, 1)
    os.kill(worker_pid(run), signal.SIGSTOP)  # busy with a very long step
    try:
        queue.step(run.id, "anna")
        status = run.status()
        assert (status.state, status.pending) == ("running", "")
        assert status.until_epoch is not None
        queue.pause(run.id, "anna")
        assert (run.status().state, run.status().pending, run.status().until_epoch) == ("running", "pause", None)
        queue.stop(run.id, "anna")
        assert (run.status().state, run.status().pending) == ("running", "stop")
    finally:
        os.kill(worker_pid(run), signal.SIGCONT)
    reaches(run, "stopped")
    assert run.status().pending == ""


def test_stop_frees_the_worker_for_the_next(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    first, second = queue.submit(config(), "anna"), queue.submit(config(replace(LONG, epochs=1)), "ben")
    trained(first, 1)
    assert [queue.position(run.id) for run in (first, second)] == [0, 1]
    assert [place.run_id for place in queue.places()] == [first.id, second.id]
    assert second.status().state == "queued"
    queue.stop(first.id, "anna")
    reaches(first, "stopped")
    reaches(second, "finished")
    assert first.status().epoch < 20
    assert 1 in first.epochs


def test_a_waiting_run_can_be_paused_and_taken_up_again(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    first, second = queue.submit(config(), "anna"), queue.submit(config(replace(LONG, epochs=1)), "ben")
    queue.pause(second.id, "ben")
    assert second.status().state == "paused"
    assert queue.position(second.id) is None
    queue.resume(second.id, "ben")
    assert second.status().state == "queued"
    queue.stop(first.id, "anna")
    reaches(second, "finished")


def test_resumed_before_the_pause_was_heard_it_goes_on(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(config(replace(LONG, epochs=4)), "anna")
    trained(run, 1)
    queue.pause(run.id, "anna")
    queue.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)


def test_restart_begins_from_the_same_initial_weights(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    first = queue.submit(config(replace(LONG, epochs=1)), "anna")
    reaches(first, "finished")
    second = queue.restart(first.id, "ben")
    reaches(second, "finished")
    assert second.id != first.id
    assert second.config.owner == "ben"
    assert np.array_equal(first.logits(0), second.logits(0))  # type: ignore[arg-type]
    assert np.allclose(first.steps()["loss"], second.steps()["loss"], rtol=1e-5)


class ByHand(Executor):
    """Keeps jobs until the test ends them."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.futures.append(Future())
        return self.futures[-1]


@pytest.fixture
def by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "ByHandQueue":
    """A queue without a worker in a folder of its own, and the jobs it has given away."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = ByHand()
    return TrainingQueue(executor), executor.futures


ByHandQueue = tuple[TrainingQueue, list["Future[Any]"]]


def test_a_step_asked_for_while_the_worker_pauses_is_taken(
    by_hand: ByHandQueue, config: Callable[..., RunConfig]
) -> None:
    queue, jobs_given = by_hand
    run = queue.submit(config(), "anna")
    jobs_given[0].set_running_or_notify_cancel()
    held = FolderLock(run.folder)  # the worker trains it
    queue.pause(run.id, "anna")
    queue.step(run.id, "anna")
    write_json(run.folder / "status.json", {"state": "paused", "serial": 2, "epoch": 3})  # it had not heard of the step
    held.release()
    jobs_given[0].set_result("paused")
    assert len(jobs_given) == 2
    assert (run.status().state, run.status().until_epoch) == ("queued", 1)


def test_a_step_of_a_waiting_run_is_kept(by_hand: ByHandQueue, config: Callable[..., RunConfig]) -> None:
    queue, jobs_given = by_hand
    run = queue.submit(config(), "anna")
    queue.step(run.id, "anna")
    assert (run.status().state, run.status().until_epoch, len(jobs_given)) == ("queued", 1, 1)


def test_a_restarted_run_is_labeled_by_the_pixels_it_learns_from(
    by_hand: ByHandQueue, config: Callable[..., RunConfig]
) -> None:
    queue, _ = by_hand
    old = Run(runs_folder() / "elsewhere")
    old.folder.mkdir(parents=True)
    made = replace(config(), id="elsewhere", data_note="on other pixels", fingerprint="other", owner="anna", title="T")
    write_json(old.folder / "config.json", replace(made, snapshot_epochs=(0, 7, 20)).to_json())
    fresh = queue.restart("elsewhere", "ben").config
    assert (fresh.data_note, fresh.fingerprint) == ("", config().fingerprint)
    assert (fresh.title, fresh.snapshot_epochs, fresh.seed) == ("T", (0, 7, 20), made.seed)


def test_what_was_deleted_a_day_ago_is_gone(by_hand: ByHandQueue, config: Callable[..., RunConfig]) -> None:
    queue, _ = by_hand
    old, new = (queue.submit(config(), name) for name in ("anna", "ben"))
    queue.delete(old.id, "anna")
    yesterday = time.time() - TRASH_S - 1
    os.utime(Settings.from_environ().home / "trash" / old.id, (yesterday, yesterday))
    queue.delete(new.id, "ben")
    with pytest.raises(RunError):
        queue.undo(old.id, "anna")
    assert queue.undo(new.id, "ben").id == new.id


def test_a_short_run_is_not_behind_a_long_one(executor: WorkerExecutor, config: Callable[..., RunConfig]) -> None:
    queue = TrainingQueue(executor, turn_s=1.0)
    long = queue.submit(config(replace(LONG, epochs=20)), "anna")
    trained(long, 1)
    short = queue.submit(config(replace(LONG, epochs=1)), "ben")
    assert "turns of about 1 s; one other run has its turn before this one" in queue.why_waiting(short.id)
    reaches(short, "finished")
    assert long.status().state in ("queued", "running") and long.status().epoch < 20
    wait_for(lambda: long.status().state == "running")  # its next turn
    queue.stop(long.id, "anna")
    reaches(long, "stopped")
    wait_for(lambda: not queue.places())


def test_a_run_that_would_take_too_long_is_refused(
    by_hand: ByHandQueue, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, jobs_given = by_hand
    monkeypatch.setenv("CONVSCOPE_MAX_RUN_HOURS", "0.000001")
    with pytest.raises(TrainingError, match="Choose fewer epochs, larger batches or a smaller network"):
        queue.submit(config(), "anna")
    assert not jobs_given and not list(runs_folder().glob("*"))


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    resource = pytest.importorskip("resource")
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_every_wish_on_a_full_disk_gets_a_sentence_and_leaves_no_ghost(
    by_hand: ByHandQueue, config: Callable[..., RunConfig]
) -> None:
    queue, jobs_given = by_hand
    run, refused = queue.submit(config(), "anna"), config()
    queue.pause(run.id, "anna")
    wishes = [
        lambda: queue.submit(refused, "ben"),
        lambda: queue.restart(run.id, "ben"),
        lambda: queue.resume(run.id, "anna"),
        lambda: queue.step(run.id, "anna"),
        lambda: queue.stop(run.id, "anna"),
    ]
    for wish in wishes:
        with full_disk():
            try:
                wish()
                told = ""
            except TrainingError as error:
                told = str(error)
        assert told.startswith("Expected room on the disk. Received a full one.")
    assert [path.name for path in runs_folder().iterdir()] == [run.id]
    assert (run.status().state, queue.places(), len(jobs_given)) == ("paused", [], 1)
    queue.resume(run.id, "anna")
    assert run.status().state == "queued"


def test_a_home_nobody_can_write_to_is_named_as_the_reason(
    by_hand: ByHandQueue, config: Callable[..., RunConfig]
) -> None:
    queue, _ = by_hand
    runs_folder().parent.mkdir(parents=True, exist_ok=True)
    runs_folder().write_text("a file in its place")
    with pytest.raises(TrainingError, match="Expected a data folder that can be written"):
        queue.submit(config(), "anna")


def test_delete_and_undo(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(config(replace(LONG, epochs=1)), "anna")
    with pytest.raises(TrainingError, match="Stop it first"):
        trained(run, 0)
        wait_for(lambda: run.status().state == "running")
        queue.delete(run.id, "anna")
    reaches(run, "finished")
    wait_for(lambda: queue.position(run.id) is None)
    queue.delete(run.id, "anna")
    with pytest.raises(RunError):
        find_run(run.id)
    with pytest.raises(RunError, match="somebody else"):
        queue.undo(run.id, "ben")
    assert queue.undo(run.id, "anna").epochs == (0, 1)
    assert find_run(run.id).status().state == "finished"


# Who may do what


def test_only_the_owner_or_the_lecturer_controls(
    queue: TrainingQueue, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queue.submit(config(), "anna")
    for stranger in ("ben", ""):
        for action in (queue.pause, queue.resume, queue.stop, queue.step, queue.delete):
            with pytest.raises(TrainingError, match="somebody else"):
                action(run.id, stranger)
    assert not may_control(run, "ben", token="secret")
    monkeypatch.setenv("CONVSCOPE_LECTURER_TOKEN", "secret")
    assert may_control(run, "ben", token="secret")
    assert not may_control(run, "ben", token="guess")
    queue.stop(run.id, "ben", token="secret")
    reaches(run, "stopped")


def test_shipped_runs_belong_to_nobody(queue: TrainingQueue) -> None:
    for action in (queue.pause, queue.stop, queue.delete):
        with pytest.raises(TrainingError, match="came with Convscope"):
            action("digits", "")


def test_one_active_run_a_visitor(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    first = queue.submit(config(), "anna")
    with pytest.raises(TrainingError, match="one run at a time"):
        queue.submit(config(), "anna")
    queue.pause(first.id, "anna")
    reaches(first, "paused")
    second = queue.submit(config(), "anna")
    with pytest.raises(TrainingError, match="one run at a time"):
        queue.resume(first.id, "anna")
    queue.stop(second.id, "anna")


def test_what_is_refused(
    queue: TrainingQueue, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="at most 30 epochs"):
        queue.submit(config(replace(LONG, epochs=31)), "carl")
    with pytest.raises(ArchitectureError):
        queue.submit(config(architecture=Architecture.from_text("u-c32-d10l")), "carl")
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    with pytest.raises(TrainingError, match="set not to"):
        queue.submit(config(), "carl")
    assert not queue.places()


# Faults


def test_a_killed_worker_costs_at_most_the_epoch(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(config(replace(LONG, epochs=8)), "anna")
    waiting = queue.submit(config(replace(LONG, epochs=1)), "ben")
    trained(run, 2)
    os.kill(worker_pid(run), signal.SIGKILL)
    reaches(run, "interrupted")
    status = run.status()
    assert status.message.startswith("Its training process ended unexpectedly")
    assert status.epoch >= 2
    reaches(waiting, "finished")  # by another worker
    queue.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)
    assert run.epoch_table()["epoch"].tolist() == list(range(9))


def test_a_full_disk_is_one_sentence_and_resumes(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    """Every write to /dev/full fails as on a full disk."""
    run = queue.submit(config(replace(LONG, epochs=3)), "anna")
    trained(run, 1)
    queue.pause(run.id, "anna")
    reaches(run, "paused")
    wait_for(lambda: queue.position(run.id) is None)
    kept = run.folder / "steps-kept.csv"
    (run.folder / "steps.csv").rename(kept)
    (run.folder / "steps.csv").symlink_to("/dev/full")
    queue.resume(run.id, "anna")
    reaches(run, "failed")
    assert run.status().message == "The disk is full. Make room, then resume it; it goes on from its last epoch."
    wait_for(lambda: queue.position(run.id) is None)
    (run.folder / "steps.csv").unlink()
    kept.rename(run.folder / "steps.csv")
    queue.resume(run.id, "anna")
    reaches(run, "finished")
    steps_are_whole(run)


def test_divergence_is_explained(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    recipe = replace(LONG, optimizer="sgd", learning_rate=100.0, momentum=0.99)
    run = queue.submit(config(recipe, Architecture.from_text("u-c8s2l-f-d32l-d10l")), "anna")
    reaches(run, "failed")
    assert "diverged" in run.status().message


def test_data_that_are_gone_are_explained(queue: TrainingQueue, config: Callable[..., RunConfig]) -> None:
    run = queue.submit(replace(config(), dataset="cifar10", family="cifar10"), "anna")
    reaches(run, "failed")
    assert run.status().message.startswith("Expected ")


def test_a_job_that_kills_its_worker_breaks_only_itself(executor: WorkerExecutor) -> None:
    with pytest.raises(BrokenProcessPool):
        executor.submit(os._exit, 1).result(PATIENCE_S)
    assert executor.submit(pow, 2, 5).result(PATIENCE_S) == 32
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(PATIENCE_S)


SERVER = """
import sys, time
from core.data import registry
from core.training import queue
from core.training.recipe import Recipe
from core.training.run_config import new_config
from core.model.architecture import Architecture
recipe = Recipe(name="long", epochs=20, batch_size=20, training_images=600, validation="test")
run = queue.submit(new_config(registry.load("digits"), Architecture.from_text("u-c8s2-m2-f-d10l"), recipe), "anna")
print(run.folder, flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("how", ["kill -9", "shutdown"])
def test_when_the_server_ends_so_does_the_worker(
    executor: WorkerExecutor, queue: TrainingQueue, tmp_path: Path, how: str
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
    queue = TrainingQueue(executor)
    queue.recover()
    reaches(find_run("waiting"), "finished")
    assert find_run("running").status().state == "interrupted"
    queue.resume("running", "anna")
    reaches(find_run("running"), "finished")


# Before the first step


def test_preparing_starts_one_worker_and_loads_tensorflow(
    executor: WorkerExecutor, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = WorkerExecutor()
    queue = TrainingQueue(fresh)
    try:
        monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
        queue.prepare()
        assert fresh.pid is None
        monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
        queue.prepare()
        queue.prepare()
        wait_for(lambda: fresh.pid is not None)
        pid = fresh.pid
        assert "tensorflow" in fresh.submit(eval, "__import__('sys').modules.keys() | set()").result(PATIENCE_S)
        run = queue.submit(config(replace(LONG, epochs=1)), "anna")
        wait_for(lambda: run.status().phase or run.status().step)
        reaches(run, "finished")
        assert worker_pid(run) == pid == fresh.pid
        assert run.status().phase == ""
    finally:
        fresh.shutdown()


def test_what_a_run_prepares_is_told_before_its_first_step(
    config: Callable[..., RunConfig], digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    run = Run(tmp_path / "told")
    run.folder.mkdir()
    write_json(run.folder / "config.json", config(replace(LONG, epochs=1)).to_json())
    write_json(run.folder / "control.json", {"wish": "run", "serial": 1})

    def tell(*_arguments: object, **_options: object) -> str:
        status = run.status()
        told.append(f"{status.state}: {status.phase}")
        return "finished"

    monkeypatch.setattr("core.training.session.train_run", tell)
    before = time.time()
    jobs.train(str(run.folder))
    assert told == ["queued: Preparing images and network"]
    assert before <= run.status().phase_since <= time.time()


def test_a_measurement_makes_way_for_a_run(
    digits: Dataset, config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = WorkerExecutor()
    queue = TrainingQueue(executor)
    try:
        executor.submit(pow, 1, 1).result(PATIENCE_S)
        slow = replace(LONG, batch_size=500)
        assert not queue.estimate(Architecture.strong(), slow, digits).measured
        run = queue.submit(config(replace(LONG, epochs=1)), "anna")
        reaches(run, "finished")
        assert not queue.estimate(Architecture.strong(), slow, digits).measured
    finally:
        executor.shutdown()


# Estimates


def test_an_estimate_is_measured_by_the_worker_once(
    queue: TrainingQueue, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(lambda: not queue.places())
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    executor = WorkerExecutor()  # its worker keeps measurements in this test's folder
    fresh = TrainingQueue(executor)
    try:
        guess = fresh.estimate(SMALL, LONG, digits)
        assert not guess.measured
        assert guess.measuring
        wait_for(lambda: fresh.estimate(SMALL, LONG, digits).measured)
        assert fresh.estimate(SMALL, LONG, digits).seconds > 0
    finally:
        fresh.shutdown()


def test_what_cannot_be_measured_is_not_tried_for_ever(digits: Dataset, config: Callable[..., RunConfig]) -> None:
    tried = []

    class Fails(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
            tried.append(fn)
            future: Future[Any] = Future()
            future.set_exception(MemoryError())
            return future

    queue = TrainingQueue(Fails())
    recipe = replace(LONG, batch_size=123)
    queue.estimate(SMALL, recipe, digits)
    assert not queue.estimate(SMALL, recipe, digits).measuring
    assert len(tried) == 1


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_wishes_for_a_damaged_run_do_something_or_say_why_not(file: str, damage: str, by_hand: ByHandQueue) -> None:
    queue, _ = by_hand
    folder = whole_run(Settings.from_environ().home, "damaged", owner="anna")
    whole_run(Settings.from_environ().home, "healthy", owner="ben")
    DAMAGES[damage](folder / file)
    for wish in (queue.resume, queue.pause, queue.step, queue.stop, queue.restart, queue.delete, queue.undo):
        with contextlib.suppress(RunError, TrainingError):
            wish("damaged", "anna")
    queue.resume("healthy", "ben")
    assert "healthy" in [place.run_id for place in queue.places()]
    assert find_run("healthy").status().state == "queued"
