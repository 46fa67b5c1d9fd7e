"""Ask a network about many images in the background, with its progress to be read meanwhile."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class Scoring:
    """Logits of many images, computed in a thread of their own.

    Args:
        make_logits_of: called in the thread; returns the function from uint8 (n, 32, 32, 3) to logits (n, 10).
        images: uint8 (n, 32, 32, 3), possibly memory-mapped.
        batch_size: images at a time, between two looks at the progress.
    """

    def __init__(
        self,
        make_logits_of: Callable[[], Callable[[NDArray[np.uint8]], NDArray[np.floating]]],
        images: NDArray[np.uint8],
        *,
        batch_size: int = 500,
    ) -> None:
        self._make, self._images, self._batch = make_logits_of, images, batch_size
        self._logits = np.empty((len(images), 10), np.float32)
        self._scored = 0
        self._error: Exception | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="scoring", daemon=True).start()

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

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is finished, at most `timeout_s` seconds; return whether it is."""
        return self._done.wait(timeout_s)

    def result(self) -> NDArray[np.float32]:
        """Return the logits (n, 10), read-only, once it is finished; raises what went wrong in the thread."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._logits

    def _run(self) -> None:
        try:
            logits_of = self._make()
            for start in range(0, len(self._images), self._batch):
                batch = np.asarray(self._images[start : start + self._batch])
                self._logits[start : start + len(batch)] = logits_of(batch)
                self._scored += len(batch)
            self._logits.setflags(write=False)
        except Exception as error:  # handed to whoever asks for the result
            self._error = error
        finally:
            self._done.set()
