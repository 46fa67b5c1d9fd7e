"""What of a network's slopes is looked at again and again: a few kilobytes of what are as many numbers as weights."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.structure.weights import Weight


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steepness:
    """How steep the loss of some images is by the weights of a network.

    Attributes:
        logits: float32 (n, classes).
        steepest: `Variable.text` of what is learned -> the weight of it with the steepest slope.
        by_filter: likewise -> float64 (its last axis,), the norm of the slopes of each filter, unit or single number.
    """

    logits: NDArray[np.float32]
    steepest: Mapping[str, Weight]
    by_filter: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(cls, logits: NDArray[np.float32], gradients: Mapping[str, NDArray[np.float32]]) -> "Steepness":
        """Return it for slopes by the variables that are learned; see `descent.Slopes`."""
        return cls(
            logits=logits,
            steepest={text: _steepest(text, slopes) for text, slopes in gradients.items()},
            by_filter={text: norms(slopes) for text, slopes in gradients.items()},
        )


def norms(slopes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the norm of slopes for each place of their last axis.

    >>> norms(np.array([[3, 0], [4, 1]], np.float32)).tolist()
    [5.0, 1.0]
    """
    return np.sqrt(np.square(slopes, dtype=np.float64).sum(axis=tuple(range(slopes.ndim - 1))))


def _steepest(text: str, slopes: NDArray[np.float32]) -> Weight:
    return Weight(text, tuple(int(place) for place in np.unravel_index(np.abs(slopes).argmax(), slopes.shape)))
