"""All methods that say where an answer rests, one after the other: of a network as it is, and before it has learned."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.model.explanations import METHODS, Explanation
from core.model.inference.background import Work

Heats = dict[str, NDArray[np.float32]]
"""By method, where the answer rests, (32, 32)."""


class Comparison(Work[tuple[Heats, Heats]]):
    """What every method finds, of a network that has learned and of one that has not.

    Args:
        learned, fresh: called with a method, return what it says of the one and of the other.
    """

    def __init__(self, learned: Callable[[str], Explanation], fresh: Callable[[str], Explanation]) -> None:
        self._heats: tuple[Heats, Heats] = ({}, {})
        self._left = [
            (heats, method, explain)
            for heats, explain in zip(self._heats, (learned, fresh), strict=True)
            for method in METHODS
        ]
        super().__init__(total=len(self._left))

    @property
    def nbytes(self) -> int:
        """Bytes of what it holds, once it is finished."""
        return self.total * 4 * 32 * 32

    def _step(self) -> int:
        heats, method, explain = self._left[self._count]
        heats[method] = explain(method).heat
        return 1

    def _found(self) -> tuple[Heats, Heats]:
        return self._heats
