"""Every control, and what is refused, with a real worker process that trains digits."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from core.config import Settings
from core.errors import ArchitectureError, RunError, TrainingError
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.runs.catalogue import find_run, runs_folder
from core.training.runs.files import write_json
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from core.training.runs.snapshot import Snapshot
from core.training.runs.trash import TRASH_S
from tests.core.training.waiting import LONG, ByHandDesk, reaches, steps_are_whole, trained
from tests.damage import DAMAGES, FILES, whole_run
from tests.waiting import wait_for


def test_start_pause_step_resume_finish(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(config(replace(LONG, epochs=6)), "anna")
    assert run.status().state == "queued"
    assert desk.queue.position(run.id) == 0 or desk.queue.position(run.id) == 1
    trained(run, 1)
    desk.pause(run.id, "anna")
    reaches(run, "paused")
    wait_for(lambda: desk.queue.position(run.id) is None)
    epoch = run.status().epoch
    desk.step(run.id, "anna")
    wait_for(lambda: run.status().state == "paused" and run.status().epoch == epoch + 1)
    desk.resume(run.id, "anna")
    reaches(run, "finished")
    assert run.status().epoch == 6
    assert run.epochs == tuple(range(7))
    steps_are_whole(run)
    with pytest.raises(TrainingError, match="finished"):
        desk.resume(run.id, "anna")


def test_any_executor_takes_the_place_of_our_own(
    config: Callable[..., RunConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard pool of processes trains two runs in turns and is told of pauses, by files alone."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    desk = Desk(ProcessPoolExecutor(1, mp_context=get_context("spawn")), turn_s=0.5)
    try:
        long, short = desk.submit(config(), "anna"), desk.submit(config(replace(LONG, epochs=1)), "ben")
        reaches(short, "finished")
        assert long.status().state in ("queued", "running") and long.status().epoch < 20
        desk.pause(long.id, "anna")
        reaches(long, "paused")
        steps_are_whole(long)
    finally:
        desk.shutdown()


def test_restart_begins_from_the_same_initial_weights(desk: Desk, config: Callable[..., RunConfig]) -> None:
    first = desk.submit(config(replace(LONG, epochs=1)), "anna")
    reaches(first, "finished")
    second = desk.restart(first.id, "ben")
    reaches(second, "finished")
    assert second.id != first.id
    assert second.config.owner == "ben"
    assert np.array_equal(Snapshot(first, 0).logits(), Snapshot(second, 0).logits())  # type: ignore[arg-type]
    assert np.allclose(first.steps()["loss"], second.steps()["loss"], rtol=1e-5)


def test_a_restarted_run_is_labeled_by_the_pixels_it_learns_from(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, _ = by_hand
    old = Run(runs_folder() / "elsewhere")
    old.folder.mkdir(parents=True)
    made = replace(config(), id="elsewhere", data_note="on other pixels", fingerprint="other", owner="anna", title="T")
    write_json(old.folder / "config.json", replace(made, snapshot_epochs=(0, 7, 20)).to_json())
    fresh = desk.restart("elsewhere", "ben").config
    assert (fresh.data_note, fresh.fingerprint) == ("", config().fingerprint)
    assert (fresh.title, fresh.snapshot_epochs, fresh.seed) == ("T", (0, 7, 20), made.seed)


def test_what_was_deleted_a_day_ago_is_gone(by_hand: ByHandDesk, config: Callable[..., RunConfig]) -> None:
    desk, _ = by_hand
    old, new = (desk.submit(config(), name) for name in ("anna", "ben"))
    desk.delete(old.id, "anna")
    yesterday = time.time() - TRASH_S - 1
    os.utime(Settings.from_environ().home / "trash" / old.id, (yesterday, yesterday))
    desk.delete(new.id, "ben")
    with pytest.raises(RunError):
        desk.undo(old.id, "anna")
    assert desk.undo(new.id, "ben").id == new.id


def test_a_run_that_would_take_too_long_is_refused(
    by_hand: ByHandDesk, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, jobs_given = by_hand
    monkeypatch.setenv("CONVSCOPE_MAX_RUN_HOURS", "0.000001")
    with pytest.raises(TrainingError, match="Choose fewer epochs, larger batches or a smaller network"):
        desk.submit(config(), "anna")
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
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, jobs_given = by_hand
    run, refused = desk.submit(config(), "anna"), config()
    desk.pause(run.id, "anna")
    wishes = [
        lambda: desk.submit(refused, "ben"),
        lambda: desk.restart(run.id, "ben"),
        lambda: desk.resume(run.id, "anna"),
        lambda: desk.step(run.id, "anna"),
        lambda: desk.stop(run.id, "anna"),
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
    assert (run.status().state, desk.queue.places(), len(jobs_given)) == ("paused", [], 1)
    desk.resume(run.id, "anna")
    assert run.status().state == "queued"


def test_a_home_nobody_can_write_to_is_named_as_the_reason(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, _ = by_hand
    runs_folder().parent.mkdir(parents=True, exist_ok=True)
    runs_folder().write_text("a file in its place")
    with pytest.raises(TrainingError, match="Expected a data folder that can be written"):
        desk.submit(config(), "anna")


def test_delete_and_undo(desk: Desk, config: Callable[..., RunConfig]) -> None:
    run = desk.submit(config(replace(LONG, epochs=1)), "anna")
    with pytest.raises(TrainingError, match="Stop it first"):
        trained(run, 0)
        wait_for(lambda: run.status().state == "running")
        desk.delete(run.id, "anna")
    reaches(run, "finished")
    wait_for(lambda: desk.queue.position(run.id) is None)
    desk.delete(run.id, "anna")
    with pytest.raises(RunError):
        find_run(run.id)
    with pytest.raises(RunError, match="somebody else"):
        desk.undo(run.id, "ben")
    assert desk.undo(run.id, "anna").epochs == (0, 1)
    assert find_run(run.id).status().state == "finished"


def test_only_the_owner_or_the_lecturer_controls(
    desk: Desk, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.submit(config(), "anna")
    for stranger in ("ben", ""):
        for action in (desk.pause, desk.resume, desk.stop, desk.step, desk.delete):
            with pytest.raises(TrainingError, match="somebody else"):
                action(run.id, stranger)
    assert not desk.permission.may_control(run, "ben", token="secret")
    monkeypatch.setenv("CONVSCOPE_LECTURER_TOKEN", "secret")
    assert desk.permission.may_control(run, "ben", token="secret")
    assert not desk.permission.may_control(run, "ben", token="guess")
    desk.stop(run.id, "ben", token="secret")
    reaches(run, "stopped")


def test_shipped_runs_belong_to_nobody(desk: Desk) -> None:
    for action in (desk.pause, desk.stop, desk.delete):
        with pytest.raises(TrainingError, match="came with Convscope"):
            action("digits", "")


def test_one_active_run_a_visitor(desk: Desk, config: Callable[..., RunConfig]) -> None:
    first = desk.submit(config(), "anna")
    with pytest.raises(TrainingError, match="one run at a time"):
        desk.submit(config(), "anna")
    desk.pause(first.id, "anna")
    reaches(first, "paused")
    wait_for(lambda: desk.queue.position(first.id) is None)  # a worker that had just taken it up has left it again
    second = desk.submit(config(), "anna")
    with pytest.raises(TrainingError, match="one run at a time"):
        desk.resume(first.id, "anna")
    desk.stop(second.id, "anna")


def test_what_is_refused(desk: Desk, config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingError, match="at most 30 epochs"):
        desk.submit(config(replace(LONG, epochs=31)), "carl")
    with pytest.raises(ArchitectureError):
        desk.submit(config(architecture=Architecture.from_text("u-c32-d10l")), "carl")
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    with pytest.raises(TrainingError, match="set not to"):
        desk.submit(config(), "carl")
    assert not desk.queue.places()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_wishes_for_a_damaged_run_do_something_or_say_why_not(file: str, damage: str, by_hand: ByHandDesk) -> None:
    desk, _ = by_hand
    folder = whole_run(Settings.from_environ().home, "damaged", owner="anna")
    whole_run(Settings.from_environ().home, "healthy", owner="ben")
    DAMAGES[damage](folder / file)
    for wish in (desk.resume, desk.pause, desk.step, desk.stop, desk.restart, desk.delete, desk.undo):
        with contextlib.suppress(RunError, TrainingError):
            wish("damaged", "anna")
    desk.resume("healthy", "ben")
    assert "healthy" in [place.run_id for place in desk.queue.places()]
    assert find_run("healthy").status().state == "queued"
