"""Long work in the background, a little at a time, with the progress to be read meanwhile.

One thread serves all that is being worked on, a step at a time, first for whoever has had least of it lately: however
many visitors look at however many snapshots, none of them waits for all of another. What nobody looks at rests.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from functools import wraps
from operator import attrgetter
from typing import Any, Generic, ParamSpec, TypeVar

from core.askers import Asker
from core.bounded import remembered
from core.errors import BusyError
from core.fairness import Shares
from core.model.gate import gate
from core.page_runs import page_runs

LOOKED_AT_S = 10.0
"""How long after somebody's last look the work goes on."""

MOST = 128
"""How many works may be under way."""

SHARE = 4
"""How many of them for one browser: who leafs through many leaves the earlier ones, and looks at few at once."""

P = ParamSpec("P")
R = TypeVar("R")


class Work(ABC, Generic[R]):
    """Something that is computed while somebody looks; it begins when it is made.

    Args:
        total: how much there is to do, in units of its own.

    Attributes:
        asker: for whom it is worked on.
        looked: when somebody looked at it last, in seconds of `time.monotonic`.

    Raises:
        BusyError: too many others are under way.
    """

    asker: Asker
    looked: float

    def __init__(self, total: int) -> None:
        self.total = total
        self._count = 0
        self._error: Exception | None = None
        self._done = threading.Event()
        if not self._look():
            raise BusyError(
                f"Expected at most {MOST} networks being asked at length. Received one more. Try again in a moment."
            )

    @abstractmethod
    def _step(self) -> int:
        """Do a little more; return how much it was, of the total."""

    @abstractmethod
    def _found(self) -> R:
        """Return what all steps together have found."""

    def _let_go(self) -> None:
        """Forget what only the steps needed; usually nothing."""

    @property
    def count(self) -> int:
        """How much of the total is done."""
        return self._count

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do; asking does not count as a look."""
        return self._done.is_set()

    @property
    def looked_at(self) -> bool:
        """Whether somebody has looked at it just now."""
        return time.monotonic() - self.looked < LOOKED_AT_S

    @property
    def wanted(self) -> bool:
        """Whether there is work left that somebody looks at."""
        return not self._done.is_set() and self.looked_at

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self._error is not None

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is finished, at most `timeout_s` seconds; return whether it is."""
        end = time.monotonic() + timeout_s
        while not self._done.is_set() and (left := end - time.monotonic()) > 0:
            self._look()
            with page_runs.aside():
                self._done.wait(min(left, LOOKED_AT_S / 2))
        self._look()
        return self._done.is_set()

    def rest(self) -> None:
        """Stop for now: it goes on where it is when somebody looks again."""
        self.looked = -LOOKED_AT_S

    def result(self) -> R:
        """Return what was found, once it is finished; raises what went wrong in the background."""
        while not self.wait(LOOKED_AT_S):
            pass
        if self._error is not None:
            raise self._error
        return self._found()

    def advance(self) -> None:
        """Take one more step."""
        try:
            self._count += self._step()
        except BusyError:
            return  # whoever asks a quick question goes first; this one comes round again
        except Exception as error:  # handed to whoever asks for the result
            self._error = error
        else:
            if self._count < self.total:
                return
        self._let_go()
        self._done.set()

    def _look(self) -> bool:
        """Remember that somebody looks, and see to it that it is worked on; return whether it is, or done."""
        self.looked = time.monotonic()
        return self._done.is_set() or _round.take_up(self)


class _Round:
    """Works on all in turn, in a thread that ends when there is nothing left to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Work[Any]] = []
        self._shares = Shares()
        self._in_hand: Work | None = None
        self._works = False

    def take_up(self, work: Work) -> bool:
        """Let it take turns, if it does not yet; return whether it does."""
        with self._lock:
            asker = gate.asker()
            if work in self._waiting:
                self._shares.come(asker)
                work.asker = min(work.asker, asker, key=self._shares.had)  # whoever looks too may be nearer
            if work is self._in_hand or work in self._waiting:
                return True
            work.asker = asker
            self._make_room(asker)
            if len(self._waiting) >= MOST:
                return False
            self._append(work)
            if not self._works:
                self._works = True
                threading.Thread(target=self._work, name="background", daemon=True).start()
            return True

    def _append(self, work: Work[Any]) -> None:
        self._waiting.append(work)
        self._shares.come(work.asker)

    def _make_room(self, asker: Asker) -> None:
        """Let go what nobody looks at, and of one browser's works those it has looked at for the last time first."""
        if asker.browser:
            mine = sorted((each for each in self._waiting if each.asker == asker), key=lambda each: each.looked)
            for each in mine[: max(0, len(mine) + 1 - SHARE)]:
                each.rest()
        self._waiting = [each for each in self._waiting if each.wanted]

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._works = False
                    return
                self._in_hand = work = min(self._waiting, key=lambda each: self._shares.had(each.asker))
                self._waiting.remove(work)
            began = time.monotonic()
            if work.wanted:
                with gate.on_behalf_of(work.asker):
                    work.advance()
            with self._lock:
                self._in_hand = None
                self._shares.add(work.asker, time.monotonic() - began, [each.asker for each in self._waiting])
                if work.wanted:
                    self._append(work)


_round = _Round()


W = TypeVar("W", bound=Work[Any])


def shared(megabytes: float) -> Callable[[Callable[P, W]], Callable[P, W]]:
    """Return a decorator that hands the same work to everybody who asks for it.

    It is kept as `remembered` keeps results; and while somebody looks at it, however many others there are: one that
    was dropped under way would begin anew, again and again, where a hall looks at more of them than there is room for.

    Args:
        megabytes: what is kept that nobody looks at, in millions of bytes; a work's `nbytes` says how many it takes.
    """

    def decorated(make: Callable[P, W]) -> Callable[P, W]:
        living: dict[Hashable, W] = {}
        lock = threading.Lock()

        @wraps(make)
        def known(*args: P.args, **kwargs: P.kwargs) -> W:
            key = (args, tuple(kwargs.items()))
            with lock:
                for other in [other for other, work in living.items() if work.failed or not work.looked_at]:
                    del living[other]
                if key not in living:
                    living[key] = make(*args, **kwargs)
                return living[key]

        return remembered(megabytes, size=attrgetter("nbytes"))(known)

    return decorated
