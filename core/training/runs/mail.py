"""The two letters of a run: control.json says what its owner wants, status.json what the worker did.

The web process writes the one, the worker the other. Each wish carries a number one higher than all before it, and a
status the number of the newest wish its worker had heard: whichever is higher tells which of them is the news.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TypeVar

from core.training.runs import lock
from core.training.runs.files import Remembered, is_text, read_json, stamp, write_json

ROOM_BYTES = 2048
"""The size of control.json and status.json at least: on a full disk they can still be written in place."""


class State(StrEnum):
    """What a run does, or how it ended."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        """Whether a run in it trains or waits for its turn."""
        return self in (State.QUEUED, State.RUNNING)


class Wish(StrEnum):
    """What an owner wants of a run."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"
    NONE = "none"
    """Nothing any more: the server's word where the run's worker was lost."""

    @property
    def unheard(self) -> State:
        """What a run is while no worker has heard this."""
        return _UNHEARD[self]


_UNHEARD = {
    Wish.RUN: State.QUEUED,
    Wish.PAUSE: State.PAUSED,
    Wish.STOP: State.STOPPED,
    Wish.NONE: State.INTERRUPTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the owner wants, as of message number `serial`.

    Attributes:
        wish: what.
        serial: counts the owner's messages.
        until_epoch: halts a "run" there; None to go on to the end.
        message: what there is to say where no worker could say it.
    """

    wish: Wish = Wish.RUN
    serial: int = 0
    until_epoch: int | None = None
    message: str = ""

    @classmethod
    def read(cls, folder: Path) -> "Control":
        """Return what control.json says; what is damaged in it counts as not said."""
        return _controls(folder / "control.json")

    def send(self, folder: Path) -> None:
        """Replace control.json by this wish, its number higher than any the worker has heard."""
        status = Status.read(folder)
        newest = max(Control.read(folder).serial, status.serial if status else 0, 0)
        write_json(folder / "control.json", asdict(replace(self, serial=newest + 1)), room=ROOM_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run's worker has come.

    Attributes:
        epoch: finished passes.
        step, steps: finished steps, and how many there will be; 0 until they are counted.
        images_per_s: lately; 0 while unknown.
        seconds_left: until it is finished; None while unknown.
        phase, phase_since: what it prepares before its first step, and since when (Unix time); else empty, 0.
        updated: Unix time of the newest news; 0 before the first.
    """

    epoch: int = 0
    step: int = 0
    steps: int = 0
    images_per_s: float = 0.0
    seconds_left: float | None = None
    phase: str = ""
    phase_since: float = 0.0
    updated: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Progress):
    """What the worker did, as it wrote it down.

    Attributes:
        state: what it was doing.
        message: one sentence when there is something to say, else empty.
        serial: number of the newest wish it had heard; -1 before the first.
        pid: of the worker's process.
        epoch_seconds, epoch_cpu_seconds: what the started epoch took so far.
    """

    state: State = State.QUEUED
    message: str = ""
    serial: int = -1
    pid: int = 0
    epoch_seconds: float = 0.0
    epoch_cpu_seconds: float = 0.0

    @classmethod
    def read(cls, folder: Path) -> "Status | None":
        """Return what status.json says, without what is damaged in it; None where nothing can be read."""
        return _statuses(folder / "status.json")

    def write(self, folder: Path) -> None:
        """Replace status.json."""
        write_json(folder / "status.json", asdict(self), room=ROOM_BYTES)

    def now(self) -> Self:
        """Return the same, as of this moment."""
        return replace(self, updated=time.time())

    def prepared(self) -> Self:
        """Return the same, without what it was being prepared for."""
        return replace(self, phase="", phase_since=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Progress):
    """Where a run stands, whoever wrote last.

    Attributes:
        state: what it does, or how it ended.
        message: one sentence when there is something to say (why it failed, what to do), else empty.
        epochs: how many passes there will be.
        pending: "pause" or "stop" while the worker has not heard it yet; else empty.
        until_epoch: the epoch after which it will pause by itself; None when it goes on to the end.
    """

    state: State
    message: str = ""
    epochs: int = 0
    pending: str = ""
    until_epoch: int | None = None

    @property
    def active(self) -> bool:
        """Whether it trains or waits for its turn."""
        return self.state.active


def standing(folder: Path, epochs: int) -> Standing:
    """Return where the run in `folder` stands, whatever happened to its worker and to these files.

    Args:
        folder: of the run.
        epochs: how many there will be.
    """
    control, found = Control.read(folder), Status.read(folder)
    status = found or Status()
    damaged = found is None and stamp(folder / "status.json") is not None
    newer = _newer(folder) if damaged else control.serial > status.serial
    unheard = newer and status.state != State.FINISHED
    state, message = _state(folder, control, status, unheard=unheard, damaged=damaged)
    pending = state.active and unheard and control.wish in (Wish.PAUSE, Wish.STOP)
    return Standing(
        state=state,
        message=message,
        epoch=status.epoch,
        epochs=epochs,
        step=status.step,
        steps=status.steps,
        images_per_s=status.images_per_s,
        seconds_left=status.seconds_left if state == State.RUNNING else None,
        updated=status.updated,
        pending=control.wish if pending else "",
        until_epoch=control.until_epoch if state.active and control.wish == Wish.RUN else None,
        phase=status.phase if state.active else "",
        phase_since=status.phase_since,
    )


def lost(epoch: int) -> str:
    """Say that a run's worker is gone."""
    return f"Its training process ended unexpectedly; resume it to go on from epoch {epoch}."


def _state(folder: Path, control: Control, status: Status, *, unheard: bool, damaged: bool) -> tuple[State, str]:
    """Return a run's state, and what to say of it."""
    held = (unheard or damaged or status.state == State.RUNNING) and lock.is_held(folder)
    if unheard:
        # Where somebody holds it, the worker has just taken it up.
        return (State.RUNNING, "") if held else (control.wish.unheard, control.message)
    if damaged and held:
        return State.RUNNING, ""
    if damaged:
        return State.INTERRUPTED, "Its status.json cannot be read; resume it to go on from its last saved state."
    if status.state == State.RUNNING and not held:
        return State.INTERRUPTED, lost(status.epoch)
    return status.state, status.message


def _newer(folder: Path) -> bool:
    """Return whether control.json was written after status.json."""
    control, status = stamp(folder / "control.json"), stamp(folder / "status.json")
    return control is not None and status is not None and control[0] > status[0]


T = TypeVar("T", Control, Status)


def _letter(kind: type[T], data: dict[str, Any]) -> T:
    """Build a letter from a file's values, the usual ones in place of what is damaged or missing."""
    readers = {each.name: _READERS[each.type] for each in fields(kind)}
    return kind(**{name: value for name, read in readers.items() if (value := read(data.get(name))) is not None})


def _number(value: Any) -> float | None:
    sound = isinstance(value, int | float) and -1e15 < value < 1e15  # an integer may have a thousand digits
    return float(value) if sound else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _text(value: Any) -> str | None:
    return value if is_text(value) else None


def _one_of(kind: type[State] | type[Wish]) -> Callable[[Any], Any]:
    known = {each.value: each for each in kind}
    return lambda value: known.get(value) if isinstance(value, str) else None


_READERS: dict[object, Callable[[Any], Any]] = {
    int: _whole,
    int | None: _whole,
    float: _number,
    float | None: _number,
    str: _text,
    State: _one_of(State),
    Wish: _one_of(Wish),
}


def _read_control(path: Path) -> Control:
    return _letter(Control, read_json(path) or {})


def _read_status(path: Path) -> Status | None:
    data = read_json(path)
    return None if data is None else _letter(Status, data)


_controls = Remembered(_read_control, at_most=4096)
_statuses = Remembered(_read_status, at_most=4096)
