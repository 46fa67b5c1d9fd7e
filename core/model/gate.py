"""One gate for everything a process asks its networks: few at a time, in little memory, everybody in turn.

A hundred visitors who ask at once would otherwise fill the memory a hundred times over and take turns at every
instruction. Here the others wait in line: whoever has had least of the networks' time lately goes first, by network
address and behind it by browser (`core.fairness`); quick questions have a head start and a place of their own, and
who keeps asking for something else before an answer comes stands back (`core.page_runs`). Those whose answer nobody
will see, as something else was asked meanwhile, leave (`core.wanted`). Whoever is first is not passed over for needing
much memory. A line that grows too long, or does not move, is answered with a sentence, and so is a browser that fills
it.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.askers import NOBODY, Asker, refused
from core.errors import BusyError
from core.fairness import Shares
from core.observing import counts
from core.page_runs import page_runs
from core.wanted import wanted

MEMORY_BYTES = 256_000_000
"""What all answers being computed may fill together."""

KEPT_BYTES = 32_000_000
"""What those who ask several times for one answer may keep together from one turn to the next."""

QUICK_BYTES = 1_500_000
HEAD_START_S = 0.1
"""Questions that fill no more, such as of the tutorial's network and an image, go before others of the same standing:
a hall that asks the strong network for much lets them through, as long as those have not had so much more meanwhile."""

WAITING = 256
SHARE = 16
"""So many questions of one browser may wait: a page asks one at a time, and few look at more pages at once."""

PATIENCE_S = 30.0


@dataclass(slots=True, eq=False)
class _Place:
    """A question of `need` bytes, the `arrived`-th; `called` is notified when it may be its turn."""

    called: threading.Condition
    need: int
    asker: Asker
    since: float = field(default_factory=time.monotonic)
    arrived: int = 0

    @property
    def quick(self) -> bool:
        """Whether it is one of the questions that go first."""
        return self.need <= QUICK_BYTES


class Gate:
    """Lets in whoever is first in line, as long as there is a place and memory.

    Attributes:
        places: how many may compute at once, quick questions among them.
        who: returns who asks in this thread; None for the server's own work, which has no share to keep to.

    Args:
        places: how many may compute at once, whatever they ask.
        quick: so many more, of quick questions alone: they do not wait until a long one is answered.
        memory_bytes: what they may fill together; who needs more goes in alone.
        waiting: how many may wait.
        share: how many of one browser may wait.
        patience_s: how long each of them waits.
    """

    def __init__(
        self,
        *,
        places: int,
        quick: int = 0,
        memory_bytes: int = MEMORY_BYTES,
        waiting: int = WAITING,
        share: int = SHARE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.who: Callable[[], Asker | None] = lambda: None
        self.places, self._for_long = places + quick, places
        self._memory = memory_bytes
        self._waiting, self._share, self._patience_s = waiting, share, patience_s
        self._lock = threading.Lock()
        self._line: list[_Place] = []
        self._shares = Shares()
        self._acting = threading.local()
        self._inside = self._long = self._used = self._arrived = 0

    def asker(self) -> Asker:
        """Return for whom this thread asks."""
        return getattr(self._acting, "asker", None) or self.who() or NOBODY

    @contextmanager
    def on_behalf_of(self, asker: Asker) -> Iterator[None]:
        """Let this thread ask for somebody in the block."""
        self._acting.asker = asker
        try:
            yield
        finally:
            self._acting.asker = None

    @contextmanager
    def turn(self, need_bytes: int) -> Iterator[None]:
        """Wait for one's turn, and keep it for the block; never ask for a second one inside.

        Raises:
            BusyError: the line is full, or did not move in time, or holds as much of this browser as it may.
            BaseException: what `wanted.leaving` raises, as nobody will see the answer.
        """
        need = min(need_bytes, self._memory)
        place = _Place(threading.Condition(self._lock), need, self.asker())
        with page_runs.aside(), self._taken(place):
            yield

    @contextmanager
    def _taken(self, place: _Place) -> Iterator[None]:
        with self._lock:
            with counts.refusing("networks", BusyError):
                self._wait(place)
            self._count(place, 1)
            self._call_next()  # there may be room for another
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._shares.add(place.asker, time.monotonic() - began, [each.asker for each in self._line])
                self._count(place, -1)
                self._call_next()

    def _wait(self, place: _Place) -> None:
        self._refuse_too_many(place.asker)
        self._arrived += 1
        place.arrived = self._arrived
        self._line.append(place)
        self._shares.come(place.asker)
        try:
            called = wanted.wait_for(place.called, lambda: self._is_next(place), self._patience_s)
        finally:
            self._line.remove(place)
            self._call_next()  # whoever left the line may have kept it
        if not called:
            raise BusyError(
                f"Expected the networks to be free within {self._patience_s:g} seconds. Received no turn, as many "
                "others ask them. Try again in a moment."
            )

    def _refuse_too_many(self, asker: Asker) -> None:
        full = refused(asker, [each.asker for each in self._line], most=self._waiting, share=self._share)
        if full == "line":
            raise BusyError(
                f"Expected at most {self._waiting} questions to the networks in line. Received one more. "
                "Try again in a moment."
            )
        if full == "browser":
            raise BusyError(
                f"Expected at most {self._share} questions of one browser to the networks in line. Received one more. "
                "Wait for the earlier answers, in this window or in the others."
            )

    def _is_next(self, place: _Place) -> bool:
        first = self._first()
        if first is not place:
            self._call_next()  # who was called may not be the first any more
        return first is place and self._fits(place)

    def _first(self) -> _Place | None:
        """Return whose turn it is, the first of several; None where all who wait need a place for long questions."""
        return min(
            (each for each in self._line if each.quick or self._long < self._for_long), key=self._rank, default=None
        )

    def _rank(self, place: _Place) -> tuple[float, bool, float, int]:
        address, browser = self._shares.had(place.asker)
        back = page_runs.in_a_hurry(place.asker, place.since)
        return address, back, browser - HEAD_START_S * place.quick, place.arrived

    def _fits(self, place: _Place) -> bool:
        return self._inside < self.places and self._used + place.need <= self._memory

    def _count(self, place: _Place, one: int) -> None:
        self._inside += one
        self._long += one * (not place.quick)
        self._used += one * place.need

    def _call_next(self) -> None:
        if (first := self._first()) and self._fits(first):
            first.called.notify()


gate = Gate(places=max(2, min(4, os.cpu_count() or 2)), quick=1)
"""This process's gate."""

between_turns = Gate(places=WAITING, memory_bytes=KEPT_BYTES)
"""Whoever keeps memory from one turn at the gate to the next takes a turn here around them."""
