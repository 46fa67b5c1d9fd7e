"""What a confusion matrix says: shares of each class, and the mistakes, the most frequent first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """How often images of one class were taken for another.

    Attributes:
        true, predicted: the two classes, as positions.
        count: images of class `true` that were answered with `predicted`.
        share: the count as a share of all images of class `true`, 0..1.
    """

    true: int
    predicted: int
    count: int
    share: float


def shares(confusion: ArrayLike) -> NDArray[np.float64]:
    """Return every row of a confusion matrix as shares of that class's images; an empty class gives zeros."""
    counts = np.asarray(confusion, np.float64)
    images = counts.sum(axis=1, keepdims=True)  # (classes, 1)
    return np.divide(counts, images, out=np.zeros_like(counts), where=images > 0)


def mistakes(confusion: ArrayLike) -> list[Mistake]:
    """Return all kinds of mistakes that happened, the most frequent first."""
    counts = np.asarray(confusion, np.int64)
    part = shares(counts)
    wrong = [(int(true), int(answer)) for true, answer in np.argwhere(counts > 0) if true != answer]
    found = [
        Mistake(true=true, predicted=answer, count=int(counts[true, answer]), share=float(part[true, answer]))
        for true, answer in wrong
    ]
    return sorted(found, key=lambda mistake: -mistake.count)
