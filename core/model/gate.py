"""One gate for everything a process asks its networks: few at a time, in little memory, everybody in turn.

A hundred visitors who ask at once would otherwise fill the memory a hundred times over and take turns at every
instruction. Here the others wait in line: network addresses take turns, and behind one address its browsers do. Whoever
is first is not passed over for needing much memory. A line that grows too long, or does not move, is answered with a
sentence, and so is a browser that fills it.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.askers import NOBODY, Asker, refused
from core.errors import BusyError
from core.observing import counts

MEMORY_BYTES = 256_000_000
"""What all answers being computed may fill together."""

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
    arrived: int = 0


class Gate:
    """Lets in whoever is first in line, as long as there is a place and memory.

    Attributes:
        places: how many may compute at once.
        who: returns who asks in this thread; None for the server's own work, which has no share to keep to.

    Args:
        places: how many may compute at once.
        memory_bytes: what they may fill together; who needs more goes in alone.
        waiting: how many may wait.
        share: how many of one browser may wait.
        patience_s: how long each of them waits.
    """

    def __init__(
        self,
        *,
        places: int,
        memory_bytes: int = MEMORY_BYTES,
        waiting: int = WAITING,
        share: int = SHARE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.who: Callable[[], Asker | None] = lambda: None
        self.places = places
        self._memory = memory_bytes
        self._waiting, self._share, self._patience_s = waiting, share, patience_s
        self._lock = threading.Lock()
        self._line: list[_Place] = []
        self._newest: dict[str | Asker, int] = {}  # address or asker in line -> when it came or had a turn
        self._inside = self._used = self._now = 0

    @contextmanager
    def turn(self, need_bytes: int) -> Iterator[None]:
        """Wait for one's turn, and keep it for the block; never ask for a second one inside.

        Raises:
            BusyError: the line is full, or did not move in time, or holds as much of this browser as it may.
        """
        place = _Place(threading.Condition(self._lock), min(need_bytes, self._memory), self.who() or NOBODY)
        with self._lock:
            with counts.refusing("networks", BusyError):
                self._wait(place)
            self._inside += 1
            self._used += place.need
            self._call_next()  # there may be room for another
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                self._used -= place.need
                self._call_next()

    def _wait(self, place: _Place) -> None:
        asker = place.asker
        self._refuse_too_many(asker)
        place.arrived = self._tick()
        self._line.append(place)
        for name in (asker.address, asker):
            self._newest.setdefault(name, place.arrived)
        try:
            called = place.called.wait_for(lambda: self._first() is place and self._fits(place), self._patience_s)
        finally:
            self._line.remove(place)
            self._newest[asker] = self._newest[asker.address] = self._tick()
            in_line = {name for each in self._line for name in (each.asker.address, each.asker)}
            self._newest = {name: at for name, at in self._newest.items() if name in in_line}
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

    def _first(self) -> _Place:
        """Return whose turn it is: whose address, and then whose browser, had none for the longest time."""
        newest = self._newest
        return min(self._line, key=lambda each: (newest[each.asker.address], newest[each.asker], each.arrived))

    def _fits(self, place: _Place) -> bool:
        return self._inside < self.places and self._used + place.need <= self._memory

    def _tick(self) -> int:
        self._now += 1
        return self._now

    def _call_next(self) -> None:
        if self._line and self._fits(first := self._first()):
            first.called.notify()


gate = Gate(places=max(2, min(4, os.cpu_count() or 2)))
"""This process's gate. Two places at least: long work takes one at a time, and quick questions pass it by."""
