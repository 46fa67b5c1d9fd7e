"""The room that decoding takes at once, shared by all visitors of the server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core import allocator
from core.page_runs import page_runs

_WORTH_RETURNING = 16 * 2**20


class Budget:
    """Bytes that work going on at the same time may take together; more work waits until it fits.

    Work that needs little passes by work that waits for much, so a flood of large pictures delays no small one.

    Args:
        total: in bytes.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.most_taken = 0
        """The most bytes that were taken at once so far."""
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Hold `amount` bytes, at most `total`, inside the block; wait for them first."""
        if amount > self.total:
            raise ValueError(f"Expected at most {self.total} bytes. Received {amount}. Refuse such work before.")
        with page_runs.aside(), self._changed:
            self._changed.wait_for(lambda: self._taken + amount <= self.total)
            self._taken += amount
            self.most_taken = max(self.most_taken, self._taken)
        try:
            yield
        finally:
            with self._changed:
                self._taken -= amount
                self._changed.notify_all()
            if amount >= _WORTH_RETURNING:
                allocator.return_freed()
