"""The two letters of a run, and which of them is the news."""

from pathlib import Path

import pytest

from core.training.runs.files import write_json
from core.training.runs.lock import FolderLock
from core.training.runs.mail import Control, Standing, State, Status, Wish, standing


def test_letters_are_read_as_they_were_written(tmp_path: Path) -> None:
    status = Status(state=State.PAUSED, message="Why.", serial=3, epoch=2, step=5, seconds_left=1.5, phase="x", pid=7)
    status.write(tmp_path)
    assert Status.read(tmp_path) == status
    Control(wish=Wish.STOP, until_epoch=4, message="Told.").send(tmp_path)
    assert Control.read(tmp_path) == Control(wish=Wish.STOP, serial=4, until_epoch=4, message="Told.")


def test_nothing_written_is_nothing_wished(tmp_path: Path) -> None:
    assert (Control.read(tmp_path), Status.read(tmp_path)) == (Control(), None)
    assert standing(tmp_path, 10) == Standing(state=State.QUEUED, epochs=10)


def test_every_wish_is_newer_than_all_before_and_than_what_the_worker_heard(tmp_path: Path) -> None:
    Control().send(tmp_path)
    Control(wish=Wish.PAUSE).send(tmp_path)
    assert Control.read(tmp_path).serial == 2
    Status(serial=40).write(tmp_path)
    Control().send(tmp_path)
    assert Control.read(tmp_path).serial == 41


@pytest.mark.parametrize("wish", Wish)
def test_an_unheard_wish_says_where_a_run_stands(wish: Wish, tmp_path: Path) -> None:
    Status(state=State.FAILED, message="Old.", serial=1, epoch=3).write(tmp_path)
    Control(wish=wish, message="New." if wish == Wish.NONE else "").send(tmp_path)
    found = standing(tmp_path, 10)
    assert (found.state, found.epoch) == (wish.unheard, 3)
    assert found.message == ("New." if wish == Wish.NONE else "")
    Status(state=State.FINISHED, serial=1).write(tmp_path)
    assert standing(tmp_path, 10).state == State.FINISHED  # nobody can halt what has ended


def test_running_without_a_worker_is_interrupted(tmp_path: Path) -> None:
    Control().send(tmp_path)
    Status(state=State.RUNNING, serial=1, epoch=2, seconds_left=9.0, phase="Loading").write(tmp_path)
    held = FolderLock(tmp_path)
    assert standing(tmp_path, 10).state == State.RUNNING
    Control(wish=Wish.PAUSE).send(tmp_path)
    assert standing(tmp_path, 10).pending == "pause"
    held.release()
    Control().send(tmp_path)
    Status(state=State.RUNNING, serial=3, epoch=2, seconds_left=9.0).write(tmp_path)
    found = standing(tmp_path, 10)
    assert (found.state, found.seconds_left) == (State.INTERRUPTED, None)
    assert found.message.endswith("resume it to go on from epoch 2.")


@pytest.mark.parametrize(
    "value",
    [{"state": "dancing"}, {"state": ["queued"]}, {"epoch": "many"}, {"epoch": 10**400}, {"serial": None},
     {"message": 5}, {"message": "x" * 100_000}, {"seconds_left": "soon"}, {"updated": float("inf")}],
)  # fmt: skip
def test_what_is_damaged_counts_as_not_said(value: dict[str, object], tmp_path: Path) -> None:
    write_json(tmp_path / "status.json", {"state": "paused", "step": 7} | value)
    status = Status.read(tmp_path)
    assert status is not None and status.step == 7
    (name,) = value
    assert getattr(status, name) == getattr(Status(), name)


def test_states_know_whether_they_are_active() -> None:
    assert [state for state in State if state.active] == ["queued", "running"]
