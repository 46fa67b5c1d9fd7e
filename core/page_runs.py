"""Few runs of pages at work at once, in the order of how much their visitors have had.

Streamlit runs each visitor's script in a thread of its own, and all threads of a process share Python's one lock: with
dozens of them at work each takes dozens of times as long, and the event loop, which needs the lock several times for
every message, sends what others have drawn seconds late. Here the others wait in line. Whoever has had least processor
time lately goes first (`core.fairness`). Who asks anew before the answer has come stands back, and is counted as one
who has had much: that is what tells a flood from those who look at what they asked for. A run that waits for something
else, such as the gate of the networks, is not at work meanwhile, and has a head start when it comes back.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.askers import Asker
from core.fairness import MOST_S, Shares

PLACES = 2
"""One run computes, as Python's lock wants it; another reads files or packs pictures, which need no lock."""

HEAD_START_S = 0.1
"""So far a run that has begun goes before others of the same standing: what is done frees its memory."""

ANEW_S = 2.0
"""So far stands back who has asked anew while in line."""

STUCK_S = 1.0
"""If nobody has come or gone for so long, the first in line works all the same: those at work may wait for it."""


@dataclass(slots=True, eq=False)
class _Run:
    """A page's run, the `came`-th in line; `called` when it may work."""

    asker: Asker
    asked_anew: Callable[[], bool]
    called: threading.Event = field(default_factory=threading.Event)
    came: int = 0
    begun: bool = False
    in_vain: bool = False
    since_s: float = 0.0  # of its thread's processor time


class PageRuns:
    """Calls whoever is first in line, as long as there is a place.

    Args:
        places: how many may be at work at once.
        stuck_s: after how long without a change one more may.
    """

    def __init__(self, *, places: int, stuck_s: float = STUCK_S) -> None:
        self._places, self._stuck_s = places, stuck_s
        self._lock = threading.Lock()
        self._line: list[_Run] = []
        self._all: list[_Run] = []  # in line, at work, or aside
        self._shares = Shares()
        self._mine = threading.local()
        self._at_work = self._came = 0
        self._changed = time.monotonic()

    def begin(self, asker: Asker, asked_anew: Callable[[], bool] = lambda: False) -> None:
        """Wait until this thread may run a page; every beginning has its `end`, in the same thread.

        Args:
            asker: who looks at it.
            asked_anew: tells whether the visitor has asked again meanwhile.
        """
        run = _Run(asker, asked_anew)
        with self._lock:
            self._all.append(run)
        self._enter(run)
        run.begun, run.in_vain = True, asked_anew()

    def end(self, *, in_vain: bool = False) -> None:
        """End this thread's run, if it has one.

        Args:
            in_vain: whether the visitor has asked anew before the answer was there.
        """
        if run := self._current():
            with self._lock:
                self._all.remove(run)
            self._leave(run, MOST_S if in_vain or run.in_vain else 0.0)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Wait for something else in the block: this thread's run, if it has one, is not at work meanwhile."""
        run = self._current()
        if run is None:
            yield
            return
        self._leave(run)
        try:
            yield
        finally:
            self._enter(run)

    def _current(self) -> _Run | None:
        return getattr(self._mine, "run", None)

    def _enter(self, run: _Run) -> None:
        with self._lock:
            run.called.clear()
            self._came += 1
            run.came = self._came
            self._line.append(run)
            self._shares.come(run.asker)
            self._call_next()
        while not run.called.wait(self._stuck_s):
            self._call_if_stuck(run)
        self._mine.run, run.since_s = run, time.thread_time()

    def _leave(self, run: _Run, at_least_s: float = 0.0) -> None:
        self._mine.run = None
        seconds = max(at_least_s, time.thread_time() - run.since_s)
        with self._lock:
            self._at_work -= 1
            self._changed = time.monotonic()
            self._shares.add(run.asker, seconds, [each.asker for each in self._all])
            self._call_next()

    def _call_next(self) -> None:
        while self._line and self._at_work < self._places:
            self._call(self._first())

    def _call_if_stuck(self, run: _Run) -> None:
        with self._lock:
            if time.monotonic() - self._changed >= self._stuck_s and self._line and self._first() is run:
                self._call(run)

    def _call(self, run: _Run) -> None:
        self._line.remove(run)
        self._at_work += 1
        self._changed = time.monotonic()
        run.called.set()

    def _first(self) -> _Run:
        return min(self._line, key=self._rank)

    def _rank(self, run: _Run) -> tuple[float, float, int]:
        address, browser = self._shares.had(run.asker)
        ahead = HEAD_START_S if run.begun else -ANEW_S * run.asked_anew()
        return address, browser - ahead, run.came


page_runs = PageRuns(places=PLACES)
"""This process's."""
