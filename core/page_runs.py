"""Few runs of pages at work at once, in the order of how much their visitors have had.

Streamlit runs each visitor's script in a thread of its own, and all threads of a process share Python's one lock: with
dozens of them at work each takes dozens of times as long, and the event loop, which needs the lock several times for
every message, sends what others have drawn seconds late. Here the others wait in line. Whoever has had least processor
time lately goes first (`core.fairness`). Who asks anew before the answer has come lets everybody else behind the same
address go first for a while: that is what tells a flood from those who look at what they asked for. A run that waits
for something else, such as the gate of the networks, is not at work meanwhile, and has a head start when it comes back.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cachetools import LRUCache

from core.askers import Asker
from core.fairness import Shares

PLACES = 2
"""One run computes, as Python's lock wants it; another reads files or packs pictures, which need no lock."""

HEAD_START_S = 0.1
"""So far a run that has begun goes before others of the same standing: what is done frees its memory."""

HURRY_S = 2.0
"""So long after asking stands back who asks anew before the answer comes, or did so the last time."""

STUCK_S = 1.0
"""If nobody has come or gone for so long, the first in line works all the same: those at work may wait for it."""

_MANY = 1000


@dataclass(slots=True, eq=False)
class _Run:
    """A page's run, the `came`-th in line; `called` when it may work."""

    asker: Asker
    last_asked: Callable[[], float]
    called: threading.Event = field(default_factory=threading.Event)
    made: float = field(default_factory=time.monotonic)
    came: int = 0
    entered: float = 0.0
    begun: bool = False
    in_vain: bool = False
    since_s: float = 0.0  # of its thread's processor time

    @property
    def anew(self) -> bool:
        """Whether its visitor has asked again since."""
        return self.last_asked() > self.made


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
        self._hurried: LRUCache[Asker, None] = LRUCache(_MANY)  # who asked anew before the last answer
        self._mine = threading.local()
        self._at_work = self._came = 0
        self._changed = time.monotonic()

    def begin(self, asker: Asker, last_asked: Callable[[], float] = lambda: 0.0) -> None:
        """Wait until this thread may run a page; every beginning has its `end`, in the same thread.

        Args:
            asker: who looks at it.
            last_asked: tells when the visitor has asked for something last, in seconds of `time.monotonic`.
        """
        run = _Run(asker, last_asked)
        with self._lock:
            self._all.append(run)
        self._enter(run)
        run.begun, run.in_vain = True, run.anew

    def end(self, *, cut_short: bool = False) -> None:
        """End this thread's run, if it has one.

        Args:
            cut_short: whether another run of the page takes its place before it has drawn all.
        """
        if run := self._current():
            self._forget(run, cut_short)
            self._leave(run)

    def in_a_hurry(self, asker: Asker, since: float, *, anew: bool = False) -> bool:
        """Return whether others go first: who asked anew before an answer came, and has not waited long for this one.

        Args:
            asker: who waits.
            since: since when, in seconds of `time.monotonic`.
            anew: whether what it waits for is not what it asked for first.
        """
        return (anew or asker in self._hurried) and time.monotonic() - since < HURRY_S

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Wait for something else in the block: this thread's run, if it has one, is not at work meanwhile.

        What is not an `Exception`, but ends the script, ends the run here: it does not wait for a place to do so.
        """
        run = self._current()
        if run is None:
            yield
            return
        self._leave(run)
        try:
            yield
        except Exception:
            self._enter(run)
            raise
        except BaseException:
            self._forget(run, cut_short=True)
            raise
        else:
            self._enter(run)

    def _current(self) -> _Run | None:
        return getattr(self._mine, "run", None)

    def _enter(self, run: _Run) -> None:
        with self._lock:
            run.called.clear()
            self._came += 1
            run.came, run.entered = self._came, time.monotonic()
            self._line.append(run)
            self._shares.come(run.asker)
            self._call_next()
        while not run.called.wait(self._stuck_s):
            self._call_if_stuck(run)
        self._mine.run, run.since_s = run, time.thread_time()

    def _leave(self, run: _Run) -> None:
        self._mine.run = None
        seconds = time.thread_time() - run.since_s
        with self._lock:
            self._at_work -= 1
            self._changed = time.monotonic()
            self._shares.add(run.asker, seconds, [each.asker for each in self._all])
            self._call_next()

    def _forget(self, run: _Run, cut_short: bool) -> None:
        with self._lock:
            self._all.remove(run)
            if run.in_vain or (cut_short and run.anew):
                self._hurried[run.asker] = None
            else:
                self._hurried.pop(run.asker, None)

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

    def _rank(self, run: _Run) -> tuple[float, bool, float, int]:
        address, browser = self._shares.had(run.asker)
        back = self.in_a_hurry(run.asker, max(run.entered, run.last_asked()), anew=run.anew)
        return address, back, browser - HEAD_START_S * run.begun, run.came


page_runs = PageRuns(places=PLACES)
"""This process's."""
