"""Threads as runs of pages are, whose visitors may ask for something else before the answer has come."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from core.wanted import wanted


class _Ended(BaseException):
    """Ends a thread, as what Streamlit raises ends a script."""


class Asking(threading.Thread):
    """Calls a function; `answer` is what it returned, None where the thread has left before.

    Args:
        function: to call.
        may_end: whether it may be ended, as anywhere but in the midst of a callback.
    """

    def __init__(self, function: Callable[[], object], *, may_end: bool = True) -> None:
        super().__init__(daemon=True)
        self.function, self.may_end = function, may_end
        self.answer: object = None
        self.anew = threading.Event()
        self.start()

    def run(self) -> None:
        with suppress(_Ended):
            self.answer = self.function()

    def ask_anew(self) -> None:
        """Let its visitor ask for something else."""
        self.anew.set()
        wanted.look_again()

    def end(self) -> object:
        """Wait until it has ended; return its answer."""
        self.join(10)
        assert not self.is_alive()
        return self.answer


def tell_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever waits know of `Asking` what it knows of visitors on a server."""

    def leave() -> None:
        thread = threading.current_thread()
        if isinstance(thread, Asking) and thread.may_end:
            raise _Ended

    def overtaking() -> Callable[[], bool]:
        thread = threading.current_thread()
        return thread.anew.is_set if isinstance(thread, Asking) else lambda: False

    monkeypatch.setattr(wanted, "overtaking", overtaking)
    monkeypatch.setattr(wanted, "leaving", leave)


def waiting() -> int:
    """Return how many threads wait for something they may leave."""
    return len(wanted._waiting)
