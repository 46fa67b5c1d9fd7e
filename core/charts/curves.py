"""Several curves as one: their mean, and how far they spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bundle:
    """What several curves have in common.

    Attributes:
        x: float64 (n,), ascending; the places every curve has.
        mean: float64 (n,).
        spread: float64 (n,), sample standard deviation; 0 where there is only one curve.
        count: number of curves.
    """

    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    count: int


def bundle(curves: Sequence[tuple[NDArray[np.floating], NDArray[np.floating]]]) -> Bundle:
    """Average curves at the places all of them have, for example the same recipe with several seeds.

    Args:
        curves: pairs (x, y) of equal length, x ascending.

    Returns:
        Mean and sample standard deviation, at the x that every curve has.

    >>> both = bundle([(np.arange(3), np.array([1.0, 2.0, 3.0])), (np.arange(2), np.array([3.0, 4.0]))])
    >>> both.x.tolist(), both.mean.tolist(), both.spread.round(3).tolist()
    ([0.0, 1.0], [2.0, 3.0], [1.414, 1.414])
    """
    if not curves:
        empty = np.empty(0)
        return Bundle(x=empty, mean=empty, spread=empty, count=0)
    shared = np.asarray(curves[0][0], np.float64)
    for x, _ in curves[1:]:
        shared = np.intersect1d(shared, np.asarray(x, np.float64))
    values = np.stack([np.asarray(y, np.float64)[np.isin(x, shared)] for x, y in curves])  # (curves, n)
    spread = values.std(axis=0, ddof=1) if len(curves) > 1 else np.zeros(values.shape[1])
    return Bundle(x=shared, mean=values.mean(axis=0), spread=spread, count=len(curves))
