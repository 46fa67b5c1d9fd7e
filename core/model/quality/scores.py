"""Scores of a classifier beyond accuracy: of every class, of its second guess, of what it is sure of. NumPy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

NORMAL_95 = 1.959964
"""Standard deviations of a normal distribution that hold 95 % of it around the mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassScores:
    """Scores of every class, each 0..1; NaN where nothing was asked or answered.

    Attributes:
        recall: (classes,), the part of a class's images that is answered with it.
        precision: (classes,), the part of a class's answers that is right.
        f1: (classes,), the harmonic mean of both (van Rijsbergen 1979).
    """

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    f1: NDArray[np.float64]


def class_scores(confusion: ArrayLike) -> ClassScores:
    """Return precision, recall and F1 of a confusion matrix (classes, classes), counts [true class, answer]."""
    counts = np.asarray(confusion, np.float64)
    hits, images, answers = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return ClassScores(
        recall=_ratio(hits, images), precision=_ratio(hits, answers), f1=_ratio(2 * hits, images + answers)
    )


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def top(logits: NDArray[np.floating], labels: NDArray[np.integer], count: int) -> int:
    """Return of how many images the true class is among the `count` largest logits.

    Args:
        logits: (n, classes).
        labels: (n,), true classes 0..classes-1. Equal logits count in the order of the classes, as argmax does.
        count: 1 gives the number of right answers.
    """
    ranked = np.argsort(-np.asarray(logits), axis=1, kind="stable")[:, :count]
    return int((ranked == np.asarray(labels)[:, np.newaxis]).any(axis=1).sum())


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Return within what the true share lies with 95 % confidence: the score interval of Wilson 1927, 0..1.

    Example:
        >>> [round(end, 3) for end in interval(60, 100)]
        [0.502, 0.691]
    """
    if not trials:
        return 0.0, 1.0
    share, z2 = hits / trials, NORMAL_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = NORMAL_95 * np.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
