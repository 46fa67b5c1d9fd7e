"""Where a run stands, from two small files: control.json says what its owner wants, status.json what the worker did."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from core.training import lock
from core.training.files import Remembered, is_text, read_json, stamp, write_json

State = Literal["queued", "running", "paused", "finished", "stopped", "failed", "interrupted"]
Wish = Literal["run", "pause", "stop", "none"]

ACTIVE_STATES = ("queued", "running")

ROOM_BYTES = 2048
"""The size of control.json and status.json at least: on a full disk they can still be written in place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """Where a run stands.

    Attributes:
        state: "queued", "running", "paused", "finished", "stopped", "failed" or "interrupted".
        message: one sentence when there is something to say (why it failed, what to do), else empty.
        epoch, epochs: finished passes, and how many there will be.
        step, steps: finished steps, and how many there will be; 0 until the worker has counted them.
        images_per_s: lately; 0 while unknown.
        seconds_left: until it is finished; None while unknown.
        updated: Unix time of the newest news from the worker; 0 before the first.
        pending: "pause" or "stop" while the worker has not heard it yet; else empty.
        until_epoch: the epoch after which it will pause by itself; None when it goes on to the end.
        phase, phase_since: what the worker prepares before its first step, and since when (Unix time); else empty, 0.
    """

    state: State
    message: str = ""
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    images_per_s: float = 0.0
    seconds_left: float | None = None
    updated: float = 0.0
    pending: str = ""
    until_epoch: int | None = None
    phase: str = ""
    phase_since: float = 0.0

    @property
    def active(self) -> bool:
        """Whether it trains or waits for its turn."""
        return self.state in ACTIVE_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the owner wants, as of message number `serial`.

    Attributes:
        wish: "run", "pause" or "stop"; "none" once its worker was lost.
        serial: counts the owner's messages.
        until_epoch: halts a "run" there; None to go on to the end.
        message: what there is to say where no worker could say it.
    """

    wish: Wish = "run"
    serial: int = 0
    until_epoch: int | None = None
    message: str = ""


def read_order(folder: Path) -> Order:
    """Return what control.json says; what is damaged in it counts as not said."""
    data = _sane(_read(folder / "control.json") or {})
    return Order(
        wish=data.get("wish", "run"),
        serial=int(data.get("serial", 0)),
        until_epoch=data.get("until_epoch"),
        message=data.get("message", ""),
    )


def write_order(folder: Path, wish: Wish, *, until_epoch: int | None = None, message: str = "") -> None:
    """Replace control.json by a newer wish, newer than anything the worker has heard."""
    heard = int(_sane(_read(folder / "status.json") or {}).get("serial", 0))
    serial = max(read_order(folder).serial, heard) + 1
    value = {"wish": wish, "serial": serial, "until_epoch": until_epoch, "message": message}
    write_json(folder / "control.json", value, room=ROOM_BYTES)


def read_status(folder: Path, epochs: int) -> RunStatus:
    """Return where the run in `folder` stands, whatever happened to its worker and to these files.

    Args:
        folder: of the run.
        epochs: how many there will be.
    """
    order, found = read_order(folder), _read(folder / "status.json")
    written = _sane(found or {})
    done = int(written.get("epoch", 0))
    state: State = written.get("state", "queued")
    message = written.get("message", "")
    damaged = found is None and stamp(folder / "status.json") is not None
    newer = _newer(folder) if damaged else order.serial > int(written.get("serial", -1))
    unheard = newer and state != "finished"
    held = (unheard or damaged or state == "running") and lock.is_held(folder)
    if unheard and held:
        state, message = "running", ""  # the worker has just taken it up
    elif unheard:
        state, message = _WISHED[order.wish], order.message
    elif damaged:
        state = "running" if held else "interrupted"
        message = "" if held else "Its status.json cannot be read; resume it to go on from its last saved state."
    elif state == "running" and not held:
        state = "interrupted"
        message = f"Its training process ended unexpectedly; resume it to go on from epoch {done}."
    active = state in ACTIVE_STATES
    return RunStatus(
        state=state,
        message=message,
        epoch=done,
        epochs=epochs,
        step=int(written.get("step", 0)),
        steps=int(written.get("steps", 0)),
        images_per_s=float(written.get("images_per_s", 0.0)),
        seconds_left=written.get("seconds_left") if state == "running" else None,
        updated=float(written.get("updated", 0.0)),
        pending=order.wish if active and unheard and order.wish in ("pause", "stop") else "",
        until_epoch=order.until_epoch if active and order.wish == "run" else None,
        phase=written.get("phase", "") if active else "",
        phase_since=float(written.get("phase_since", 0.0)),
    )


_WISHED: dict[str, State] = {"run": "queued", "pause": "paused", "stop": "stopped", "none": "interrupted"}
"""What a run is while its newest control message has not reached a worker; "none": its worker was lost before."""

_FIGURES = ("serial", "epoch", "step", "steps", "images_per_s", "seconds_left", "updated", "until_epoch", "phase_since")
_TEXTS = ("message", "phase")

_read = Remembered(read_json, at_most=4096)


def _newer(folder: Path) -> bool:
    """Return whether control.json was written after status.json."""
    control, status = stamp(folder / "control.json"), stamp(folder / "status.json")
    return control is not None and status is not None and control[0] > status[0]


def _sane(data: dict[str, Any]) -> dict[str, Any]:
    """Return what was read without what is damaged: a figure that is no number, a state that does not exist."""
    return {name: value for name, value in data.items() if _makes_sense(name, value)}


def _makes_sense(name: str, value: Any) -> bool:
    if name in _FIGURES:
        return isinstance(value, int | float) and -1e15 < value < 1e15  # an integer may have a thousand digits
    if name in _TEXTS:
        return is_text(value)
    if name == "wish":
        return isinstance(value, str) and value in get_args(Wish)
    return name != "state" or (isinstance(value, str) and value in get_args(State))
