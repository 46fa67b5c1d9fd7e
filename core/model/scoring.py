"""Ask networks about many images in the background, with the progress to be read meanwhile.

One thread serves all that is being asked, a batch of each in turn: however many visitors look at however many
snapshots, one batch is computed at a time, and none of them waits for all of another. What nobody looks at rests.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.errors import BusyError

BATCH = 100
LOOKED_AT_S = 10.0
"""How long after somebody's last look the work goes on."""

MOST = 64
"""How many scorings may be under way."""

LogitsFunction = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


class Scoring:
    """Logits of many images, computed while somebody looks.

    Args:
        make_logits_of: called in the background; returns the function from uint8 (n, 32, 32, 3) to logits (n, classes).
        images: uint8 (n, 32, 32, 3), possibly memory-mapped.
        classes: number of logits an image.
        batch_size: images at a time, between two looks at the progress.

    Raises:
        BusyError: too many others are under way.
    """

    def __init__(
        self,
        make_logits_of: Callable[[], LogitsFunction],
        images: NDArray[np.uint8],
        classes: int,
        *,
        batch_size: int = BATCH,
    ) -> None:
        self._make, self._images, self._batch = make_logits_of, images, batch_size
        self._logits_of: LogitsFunction | None = None
        self._logits = np.empty((len(images), classes), np.float32)
        self._scored = 0
        self._error: Exception | None = None
        self._done = threading.Event()
        if not self._look():
            raise BusyError(
                f"Expected at most {MOST} networks being asked about whole data sets. Received one more. "
                "Try again in a moment."
            )

    @property
    def total(self) -> int:
        """Number of images."""
        return len(self._images)

    @property
    def nbytes(self) -> int:
        """Bytes of the logits."""
        return self._logits.nbytes

    @property
    def scored(self) -> int:
        """Number of images answered so far."""
        return self._scored

    @property
    def wanted(self) -> bool:
        """Whether there is work left that somebody looks at."""
        return not self._done.is_set() and time.monotonic() - self._looked < LOOKED_AT_S

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is finished, at most `timeout_s` seconds; return whether it is."""
        end = time.monotonic() + timeout_s
        while not self._done.is_set() and (left := end - time.monotonic()) > 0:
            self._look()
            self._done.wait(min(left, LOOKED_AT_S / 2))
        self._look()
        return self._done.is_set()

    def result(self) -> NDArray[np.float32]:
        """Return the logits (n, classes), read-only, once it is finished; raises what went wrong in the background."""
        while not self.wait(LOOKED_AT_S):
            pass
        if self._error is not None:
            raise self._error
        return self._logits

    def advance(self) -> None:
        """Answer one more batch."""
        try:
            self._logits_of = self._logits_of or self._make()
            batch = np.asarray(self._images[self._scored : self._scored + self._batch])
            self._logits[self._scored : self._scored + len(batch)] = self._logits_of(batch)
        except BusyError:
            return  # whoever asks for one image goes first; this one comes round again
        except Exception as error:  # handed to whoever asks for the result
            self._error = error
        else:
            self._scored += len(batch)
            if self._scored < self.total:
                return
            self._logits.setflags(write=False)
        self._logits_of = None  # it holds the network
        self._done.set()

    def _look(self) -> bool:
        """Remember that somebody looks, and see to it that it is worked on; return whether it is, or done."""
        self._looked = time.monotonic()
        return self._done.is_set() or _round.take_up(self)


class _Round:
    """Works on all scorings in turn, in a thread that ends when there is nothing left to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Scoring] = deque()
        self._in_hand: Scoring | None = None
        self._works = False

    def take_up(self, scoring: Scoring) -> bool:
        """Let it take turns, if it does not yet; return whether it does."""
        with self._lock:
            if scoring is self._in_hand or scoring in self._waiting:
                return True
            if len(self._waiting) >= MOST:
                return False
            self._waiting.append(scoring)
            if not self._works:
                self._works = True
                threading.Thread(target=self._work, name="scoring", daemon=True).start()
            return True

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._works = False
                    return
                self._in_hand = scoring = self._waiting.popleft()
            if scoring.wanted:
                scoring.advance()
            with self._lock:
                self._in_hand = None
                if scoring.wanted:
                    self._waiting.append(scoring)


_round = _Round()
