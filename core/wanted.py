"""Who still wants what a thread waits for: the visitor whose page it runs, or others who wait for what it makes.

A visitor who clicks on, or leaves, will not see what the run of a page waits for. Such a run leaves whatever it waits
in: the line of the networks (`core.model.gate`), or for what another run makes for both (`core.bounded`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock, get_ident


class Wanted:
    """Lets threads wait as long as somebody wants what they wait for.

    Attributes:
        overtaking: returns what tells, in any thread, whether this thread's visitor has asked for something else.
        leaving: called in such a thread, raises what ends it; returns where it may not end here.
    """

    def __init__(self) -> None:
        self.overtaking: Callable[[], Callable[[], bool]] = lambda: lambda: False
        self.leaving: Callable[[], None] = lambda: None
        self._lock = Lock()
        self._waiting: dict[int, tuple[Condition, Callable[[], bool]]] = {}  # thread -> called by, whether in vain
        self._awaited: Counter[int] = Counter()  # thread -> how many others wait for what it makes

    def wait_for(self, called: Condition, ready: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until this thread is `called` and `ready`, as `Condition.wait_for` does; return whether it is.

        Args:
            called: nobody else waits for it; held.
            ready: asked when it is called.
            timeout_s: in seconds; default: as long as it takes.

        Raises:
            BaseException: what `leaving` raises, as nobody will see the answer.
        """
        thread, overtaken = get_ident(), self.overtaking()

        def in_vain() -> bool:
            return overtaken() and not self._awaited[thread]

        def ready_or_left() -> bool:
            if in_vain():
                self.leaving()
            return ready()

        with self._lock:
            self._waiting[thread] = called, in_vain
        try:
            return called.wait_for(ready_or_left, timeout_s)
        finally:
            with self._lock:
                del self._waiting[thread]

    @contextmanager
    def awaiting(self, maker: int) -> Iterator[None]:
        """Let the thread `maker` know that this one waits for what it makes in the block."""
        with self._lock:
            self._awaited[maker] += 1
        try:
            yield
        finally:
            with self._lock:
                self._awaited[maker] -= 1
                if not self._awaited[maker]:
                    del self._awaited[maker]
            self._look(maker)

    def look_again(self) -> None:
        """Let those leave who wait in vain: called when somebody has asked for something else, or has left."""
        with self._lock:
            threads = tuple(self._waiting)
        for thread in threads:
            self._look(thread)

    def _look(self, thread: int) -> None:
        called, in_vain = self._waiting.get(thread, (None, None))
        if called and in_vain and in_vain():
            with called:
                called.notify()


wanted = Wanted()
"""This process's."""
