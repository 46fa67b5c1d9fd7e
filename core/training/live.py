"""JSON for everybody who watches a run: cheap enough for a lecture hall.

    GET /live/runs/{id}?since=STEP   what is new after step STEP, and how long to wait before asking again
    GET /live/queue                  who trains and who waits

Files are read when they changed, once for all watchers; the answer to one question is kept until then.
"""

import base64
import json
import math
import time
from collections import OrderedDict, deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import RunError
from core.training import queue
from core.training.files import parse_table
from core.training.notes import notes
from core.training.runs import EPOCH_COLUMNS, STEP_COLUMNS, Run, RunStatus, find_run

MAX_STEPS = 2000
"""Steps in one answer at most; more are thinned evenly, the newest always among them."""

POLL_S, SLOWEST_POLL_S = 1.0, 10.0
ANSWERS_PER_S = 40.0
"""More watchers than this a second are asked to come by less often."""

FRESH_S = 0.3
"""How long a run's state is taken for current without looking at its files again."""

_MAX_WATCHED = 64


def routes() -> list[Route]:
    """Return the routes for the server."""
    return [
        Route("/live/runs/{run_id}", watch_run, methods=["GET"]),
        Route("/live/queue", watch_queue, methods=["GET"]),
    ]


async def watch_run(request: Request) -> Response:
    """Answer with what is new in one run."""
    _pace.count()
    since = _whole(request.query_params.get("since", "0"))
    try:
        body = _watched(request.path_params["run_id"]).answer(since)
    except RunError as error:
        return _json(json.dumps({"error": str(error)}), status=404)
    return _json(body)


async def watch_queue(request: Request) -> Response:
    """Answer with the queue, without saying whose runs they are."""
    _pace.count()
    lines = [{"position": p.position, "id": p.run_id, "title": p.title} for p in queue.places()]
    return _json(json.dumps({"queue": lines, "poll_s": _pace.advice()}))


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, {"cache-control": "no-store"}, "application/json")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


class _Pace:
    """Tells watchers how long to wait, so that all of them together stay below `ANSWERS_PER_S`."""

    def __init__(self) -> None:
        self._asked: deque[float] = deque(maxlen=4000)
        self._advice = POLL_S

    def count(self) -> None:
        self._asked.append(time.monotonic())

    def advice(self) -> float:
        now = time.monotonic()
        window = max(3.0, 2 * self._advice)
        recent = sum(1 for moment in self._asked if now - moment < window)
        watchers = recent / window * self._advice
        wished = min(max(watchers / ANSWERS_PER_S, POLL_S), SLOWEST_POLL_S)
        self._advice += 0.2 * (wished - self._advice)
        return round(self._advice, 2)


_pace = _Pace()


class _Growing:
    """A CSV file that only grows, read on from where it was read last; all of it again when it was replaced."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path, self._columns = path, columns
        self._inode = self._offset = -1
        self._header = ""
        self.values: dict[str, NDArray[np.float64]] = {name: np.empty(0) for name in columns}

    def refresh(self) -> bool:
        """Read what is new; return whether there was anything."""
        try:
            stat = self._path.stat()
        except OSError:
            return False
        if stat.st_ino != self._inode or stat.st_size < self._offset:
            self._inode, self._offset, self._header = stat.st_ino, 0, ""
            self.values = {name: np.empty(0) for name in self._columns}
        if stat.st_size == self._offset:
            return False
        with self._path.open("rb") as file:
            file.seek(self._offset)
            whole, newline, _ = file.read().rpartition(b"\n")
        if not newline:
            return False
        self._offset += len(whole) + 1
        text = whole.decode("ascii", "replace")
        if not self._header:
            self._header, _, text = text.partition("\n")
        new = parse_table(f"{self._header}\n{text}\n")
        for name in self._columns:
            if name in new:
                self.values[name] = np.concatenate([self.values[name], new[name]])
        return True


class _Watched:
    """One run as its watchers see it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._steps = _Growing(run.folder / "steps.csv", STEP_COLUMNS)
        self._epochs = _Growing(run.folder / "epochs.csv", EPOCH_COLUMNS)
        self._looked = -math.inf
        self._live_stamp: int | None = None
        self._live: dict[str, Any] | None = None
        self._peaks: NDArray[np.float32] | None = None
        self._common = ""
        self._answers: dict[int, str] = {}

    def answer(self, since: int) -> str:
        """Return the JSON text of what is new after step `since`."""
        now = time.monotonic()
        if now - self._looked > FRESH_S:
            self._look()
            self._looked = now
        if since not in self._answers:
            if len(self._answers) > 200:
                self._answers.clear()
            self._answers[since] = f'{self._common}, "steps": {json.dumps(_since(self._steps.values, since))}'
        return f'{self._answers[since]}, "poll_s": {_pace.advice()}}}'

    def _look(self) -> None:
        status = self.run.status()
        self._steps.refresh()
        self._epochs.refresh()
        self._look_at_live()
        found = notes(self._steps.values, self._epochs.values, self._peaks)
        common = {
            "id": self.run.id,
            "title": self.run.title,
            "status": _status_json(status),
            "position": queue.position(self.run.id) if status.active else None,
            "epochs": {name: _numbers(values, 5) for name, values in self._epochs.values.items()},
            "live": self._live,
            "notes": [asdict(note) for note in found],
            "snapshots": list(self.run.epochs),
        }
        self._common = json.dumps(common, allow_nan=False)[:-1]
        self._answers.clear()

    def _look_at_live(self) -> None:
        try:
            stamp = (self.run.folder / "live.npz").stat().st_mtime_ns
        except OSError:
            self._live, self._live_stamp, self._peaks = None, None, None
            return
        if stamp == self._live_stamp:
            return
        arrays = self.run.live()
        if arrays:
            self._live_stamp = stamp
            self._peaks = arrays.get("peaks")
            self._live = {
                "epoch": int(arrays["epoch"]),
                "step": int(arrays["step"]),
                "kernels": quantized(arrays["kernels"]),
                "probabilities": np.nan_to_num(arrays["probabilities"]).round(4).tolist(),
            }


def quantized(values: NDArray[np.float32]) -> dict[str, Any]:
    """Return an array as JSON: its shape, the largest magnitude, and int8 values in base64, 127 for that magnitude."""
    values = np.nan_to_num(values)
    limit = float(np.abs(values).max()) if values.size else 0.0
    steps = np.rint(values / (limit or 1.0) * 127).astype(np.int8)
    return {"shape": list(values.shape), "limit": limit, "int8": base64.b64encode(steps.tobytes()).decode("ascii")}


def _status_json(status: RunStatus) -> dict[str, Any]:
    values = asdict(status) | {"active": status.active}
    since = values.pop("phase_since")
    values["phase_s"] = round(max(0.0, time.time() - since), 1) if status.phase else None
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}


def _since(values: dict[str, NDArray[np.float64]], since: int) -> dict[str, Any]:
    """Return the columns after step `since`, thinned to `MAX_STEPS`: "every" says how far apart they stand.

    "last" is the newest step there is: below `since` where a resumed run has begun the epoch anew.
    """
    first = int(np.searchsorted(values["step"], since, side="right"))
    count = len(values["step"]) - first
    every = max(1, -(-count // MAX_STEPS))
    chosen = np.arange(len(values["step"]) - 1, first - 1, -every)[::-1]
    names = ("step", "epoch", "loss", "accuracy", "learning_rate")
    last = int(values["step"][-1]) if len(values["step"]) else 0
    return {"every": every, "last": last} | {name: _numbers(values[name][chosen], 6) for name in names}


def _numbers(values: NDArray[np.float64], digits: int) -> list[float | int | None]:
    """Return JSON numbers of so many significant digits; null for what is no finite number."""
    return [
        None if not math.isfinite(x) else int(x) if x.is_integer() else float(f"{x:.{digits}g}")
        for x in values.tolist()
    ]


_runs: "OrderedDict[str, _Watched]" = OrderedDict()


def _watched(run_id: str) -> _Watched:
    watched = _runs.get(run_id)
    if watched is None or not (watched.run.folder / "config.json").exists():
        _runs.pop(run_id, None)
        watched = _Watched(find_run(run_id))
        _runs[run_id] = watched
        if len(_runs) > _MAX_WATCHED:
            _runs.popitem(last=False)
    _runs.move_to_end(run_id)
    return watched
