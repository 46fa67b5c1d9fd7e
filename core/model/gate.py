"""One gate for everything a process asks its networks: few at a time, in little memory, first come, first served.

A hundred visitors who ask at once would otherwise fill the memory a hundred times over and take turns at every
instruction. Here the others wait in line; nobody overtakes, so whoever needs much memory is not passed over for ever,
and a line that grows too long, or does not move, is answered with a sentence.
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import BusyError

MEMORY_BYTES = 256_000_000
"""What all answers being computed may fill together."""

WAITING = 256
PATIENCE_S = 30.0


class Gate:
    """Lets in whoever is first in line, as long as there is a place and memory.

    Args:
        places: how many may compute at once.
        memory_bytes: what they may fill together; who needs more goes in alone.
        waiting: how many may wait.
        patience_s: how long each of them waits.
    """

    def __init__(
        self, *, places: int, memory_bytes: int = MEMORY_BYTES, waiting: int = WAITING, patience_s: float = PATIENCE_S
    ) -> None:
        self._places, self._memory = places, memory_bytes
        self._waiting, self._patience_s = waiting, patience_s
        self._lock = threading.Lock()
        self._line: deque[tuple[threading.Condition, int]] = deque()
        self._inside = self._used = 0

    @contextmanager
    def turn(self, need_bytes: int) -> Iterator[None]:
        """Wait for one's turn, and keep it for the block; never ask for a second one inside.

        Raises:
            BusyError: the line is full, or did not move in time.
        """
        need = min(need_bytes, self._memory)
        with self._lock:
            self._wait(need)
            self._inside += 1
            self._used += need
            self._call_next()  # there may be room for another
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                self._used -= need
                self._call_next()

    def _wait(self, need: int) -> None:
        if len(self._line) >= self._waiting:
            raise BusyError(
                f"Expected at most {self._waiting} questions to the networks in line. Received one more. "
                "Try again in a moment."
            )
        place = (threading.Condition(self._lock), need)
        self._line.append(place)
        try:
            called = place[0].wait_for(lambda: self._line[0] is place and self._fits(need), self._patience_s)
        finally:
            self._line.remove(place)
            self._call_next()  # whoever left the line may have kept it
        if not called:
            raise BusyError(
                f"Expected the networks to be free within {self._patience_s:g} seconds. Received no turn, as many "
                "others ask them. Try again in a moment."
            )

    def _fits(self, need: int) -> bool:
        return self._inside < self._places and self._used + need <= self._memory

    def _call_next(self) -> None:
        if self._line and self._fits(self._line[0][1]):
            self._line[0][0].notify()


gate = Gate(places=max(2, min(4, os.cpu_count() or 2)))
"""This process's gate. Two places at least: long work takes one at a time, and quick questions pass it by."""
