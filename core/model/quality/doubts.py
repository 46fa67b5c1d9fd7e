"""Labels that several networks doubt: they all answer the same, and the label says otherwise. NumPy only.

After Northcutt, Athalye and Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks",
2021, who ask one network trained with cross-validation: a doubt is a reason to look, not a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.quality.answers import Answers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Doubts:
    """Images whose label is doubted, the surest doubt first.

    Attributes:
        positions: int64 (n,), of the images.
        answers: int64 (n,), what all networks answer.
        confidence: float64 (n,), the smallest probability that one of them gives to it.
    """

    positions: NDArray[np.int64]
    answers: NDArray[np.int64]
    confidence: NDArray[np.float64]


def doubts(of: Sequence[Answers]) -> Doubts:
    """Return which labels all of these networks doubt.

    Args:
        of: at least one network's answers to the same images each.
    """
    predicted = np.stack([each.predicted for each in of])
    agreed = (predicted == predicted[0]).all(axis=0) & (predicted[0] != of[0].labels)
    least = np.min([each.confidence for each in of], axis=0)
    positions = np.flatnonzero(agreed)
    positions = positions[np.argsort(-least[positions], kind="stable")]
    return Doubts(positions=positions, answers=predicted[0][positions], confidence=least[positions])
