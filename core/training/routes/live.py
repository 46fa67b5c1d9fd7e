"""JSON for everybody who watches a run: cheap enough for a lecture hall.

    GET /live/runs/{id}?since=STEP   what is new after step STEP, and how long to wait before asking again
    GET /live/queue                  who trains and who waits

Files are read when they changed, once for all watchers, and never by the event loop: a run of a million steps takes
seconds to read. The answer to one question is kept until then.
"""

import asyncio
import base64
import json
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.addressed import whole
from core.errors import RunError
from core.training.dispatch.queue import TrainingQueue
from core.training.routes.notes import notes
from core.training.runs.catalogue import find_run
from core.training.runs.files import Stamp, stamp
from core.training.runs.mail import Standing
from core.training.runs.run import Run
from core.training.runs.tables import Columns

MAX_STEPS = 2000
"""Steps in one answer at most; more are thinned evenly, the newest always among them."""

POLL_S, SLOWEST_POLL_S = 1.0, 10.0
ANSWERS_PER_S = 40.0
"""More watchers than this a second are asked to come by less often."""

FRESH_S = 0.3
"""How long a run's state is taken for current without looking at its files again."""

_MAX_WATCHED = 64

_MOST_KEPT = 2_000_000
"""Characters of answers kept for one run: a hall asks for few different ones."""

_threads = ThreadPoolExecutor(4, "live")

T = TypeVar("T")


class LiveViews:
    """What the watchers of this server's runs are answered.

    Args:
        queue: who trains and who waits.
    """

    def __init__(self, queue: TrainingQueue) -> None:
        self._queue, self._pace = queue, _Pace()
        self._runs: LRUCache[str, _Watched] = LRUCache(_MAX_WATCHED)

    async def run(self, request: Request) -> Response:
        """Answer with what is new in one run."""
        self._pace.count()
        since = _whole(request.query_params.get("since", "0"))
        try:
            watched = self._watched(request.path_params["run_id"])
            if not watched.fresh:
                async with watched.looking:  # one look serves all who wait for it
                    if not watched.fresh:
                        await _in_thread(watched.look)
            body = watched.known(since)
            if body is None:
                body = await _in_thread(watched.answer, since)
        except RunError as error:
            return _json(json.dumps({"error": str(error)}), status=404)
        return _json(body)

    async def line(self, request: Request) -> Response:
        """Answer with the queue, without saying whose runs they are."""
        self._pace.count()
        places = await _in_thread(self._queue.places)
        lines = [{"position": p.position, "id": p.run_id, "title": p.title} for p in places]
        return _json(json.dumps({"queue": lines, "poll_s": self._pace.advice()}))

    def _watched(self, run_id: str) -> "_Watched":
        watched = self._runs.get(run_id)
        if watched is None or not (watched.run.folder / "config.json").exists():
            self._runs.pop(run_id, None)
            watched = self._runs[run_id] = _Watched(find_run(run_id), self._queue, self._pace)
        return watched


def routes(views: Callable[[], LiveViews]) -> list[Route]:
    """Return the routes for the server; `views` tells who answers."""

    async def watch_run(request: Request) -> Response:
        return await views().run(request)

    async def watch_queue(request: Request) -> Response:
        return await views().line(request)

    return [
        Route("/live/runs/{run_id}", watch_run, methods=["GET"]),
        Route("/live/queue", watch_queue, methods=["GET"]),
    ]


async def _in_thread(function: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *arguments)


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, {"cache-control": "no-store"}, "application/json")


def _whole(text: str) -> int:
    try:
        return whole(text, 0, 10**11)
    except ValueError:
        return 0


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


class _Watched:
    """One run as its watchers see it."""

    def __init__(self, run: Run, queue: TrainingQueue, pace: _Pace) -> None:
        self.run, self._queue, self._pace = run, queue, pace
        self.looking = asyncio.Lock()
        self._looked = -math.inf
        self._steps: Columns = {}
        self._live_stamp: Stamp | None = None
        self._live: dict[str, Any] | None = None
        self._peaks: NDArray[np.float32] | None = None
        self._common = ""
        self._answers: dict[int, str] = {}

    @property
    def fresh(self) -> bool:
        """Whether its files were looked at a moment ago."""
        return time.monotonic() - self._looked <= FRESH_S

    def known(self, since: int) -> str | None:
        """Return the JSON text of what is new after step `since`, if somebody asked that since the last look."""
        steps, common = self._answers.get(since), self._common
        return f'{common}, "steps": {steps}, "poll_s": {self._pace.advice()}}}' if steps else None

    def answer(self, since: int) -> str:
        """Return the JSON text of what is new after step `since`."""
        common, answers = self._common, self._answers
        if since not in answers:
            if sum(map(len, answers.values())) > _MOST_KEPT:  # somebody asks for every step there is
                answers.clear()
            answers[since] = json.dumps(_since(self._steps, since))
        return f'{common}, "steps": {answers[since]}, "poll_s": {self._pace.advice()}}}'

    def look(self) -> None:
        """Look at what changed; RunError when the run is gone."""
        status = self.run.status()
        steps, epochs = self.run.steps(), self.run.epoch_table()
        classes = len(self.run.config.class_names)
        self._look_at_live()
        common = {
            "id": self.run.id,
            "title": self.run.title,
            "status": _status_json(status),
            "position": self._queue.position(self.run.id) if status.active else None,
            "waiting": self._queue.why_waiting(self.run.id) if status.active else "",
            "epochs": {name: _numbers(values, 5) for name, values in epochs.items()},
            "live": self._live,
            "notes": [asdict(note) for note in notes(steps, epochs, self._peaks, classes=classes)],
            "snapshots": list(self.run.epochs),
        }
        self._steps, self._answers = steps, {}
        self._common = json.dumps(common, allow_nan=False)[:-1]
        self._looked = time.monotonic()

    def _look_at_live(self) -> None:
        now = stamp(self.run.folder / "live.npz")
        if now == self._live_stamp:
            return
        self._live, self._live_stamp, self._peaks = None, now, None
        arrays = self.run.live()
        if arrays:
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


def _status_json(status: Standing) -> dict[str, Any]:
    values = asdict(status) | {"active": status.active}
    since = values.pop("phase_since")
    values["phase_s"] = round(max(0.0, time.time() - since), 1) if status.phase else None
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}


def _since(values: dict[str, NDArray[np.float64]], since: int) -> dict[str, Any]:
    """Return the columns after step `since`, thinned to `MAX_STEPS`: "every" says how far apart they stand.

    "last" is the newest step there is: below `since` where a resumed run has begun the epoch anew.
    """
    steps = values["step"]
    chosen = np.arange(int(np.searchsorted(steps, since, side="right")), len(steps))
    every = 1
    if len(chosen) > MAX_STEPS:  # by their numbers, for those far back were thinned before
        every = int(-(-(steps[-1] - steps[chosen[0]] + 1) // MAX_STEPS))
        wanted = steps[-1] - every * np.arange(MAX_STEPS)[::-1]
        chosen = np.unique(np.searchsorted(steps, wanted[wanted >= steps[chosen[0]]]))
    names = ("step", "epoch", "loss", "accuracy", "learning_rate")
    last = int(steps[-1]) if len(steps) else 0
    return {"every": every, "last": last} | {name: _numbers(values[name][chosen], 6) for name in names}


def _numbers(values: NDArray[np.float64], digits: int) -> list[float | int | None]:
    """Return JSON numbers of so many significant digits; null for what is no finite number."""
    return [
        None if not math.isfinite(x) else int(x) if x.is_integer() else float(f"{x:.{digits}g}")
        for x in values.tolist()
    ]
