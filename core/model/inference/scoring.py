"""Ask networks about many images in the background, with the progress to be read meanwhile."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.model.inference.background import Work

BATCH = 100

LogitsFunction = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


class Scoring(Work[NDArray[np.float32]]):
    """Logits (n, classes) of many images, computed while somebody looks; read-only once it is finished.

    Args:
        make_logits_of: called in the background at every step; returns the function from uint8 (n, 32, 32, 3) to logits
            (n, classes). It holds the network, which one that rests does not.
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
        self._logits = np.empty((len(images), classes), np.float32)
        super().__init__(len(images))

    @property
    def nbytes(self) -> int:
        """Bytes of the logits."""
        return self._logits.nbytes

    def _step(self) -> int:
        batch = np.asarray(self._images[self.count : self.count + self._batch])
        self._logits[self.count : self.count + len(batch)] = self._make()(batch)
        return len(batch)

    def _found(self) -> NDArray[np.float32]:
        return self._logits

    def _let_go(self) -> None:
        self._logits.setflags(write=False)
