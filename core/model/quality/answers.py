"""What a network answered to labeled images, and which of these answers to look at. NumPy only, but for
`probabilities_of`, which asks a network."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.model.quality.evaluation import Answering, logits_of, softmax

Show = Literal["all", "right", "wrong"]
Order = Literal["by index", "most confident first", "least confident first"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """Probabilities for n labeled images.

    Attributes:
        labels: uint8 (n,), the true classes.
        logits: float64 (n, classes), before softmax.
        probabilities: float64 (n, classes), each row sums to 1.
        predicted: int64 (n,), the class of the largest probability.
        confidence: float64 (n,), the largest probability.
    """

    labels: NDArray[np.uint8]
    logits: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]

    @classmethod
    def from_logits(cls, logits: NDArray[np.floating], labels: NDArray[np.uint8]) -> "Answers":
        """Build from logits (n, classes), before softmax; a run that diverged to infinity or NaN answers with zeros."""
        finite = np.nan_to_num(np.asarray(logits, np.float64), posinf=0, neginf=0)
        probabilities = softmax(finite)
        return cls(
            labels=labels,
            logits=finite,
            probabilities=probabilities,
            predicted=finite.argmax(axis=1),
            confidence=probabilities.max(axis=1),
        )

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is right, bool (n,)."""
        return self.predicted == self.labels

    def select(
        self, *, show: Show = "all", true: int | None = None, answer: int | None = None, order: Order = "by index"
    ) -> NDArray[np.int64]:
        """Return positions of the answers to look at.

        Args:
            show: all answers, only right or only wrong ones.
            true: only images of this class; None for all.
            answer: only images that were answered with this class; None for all.
            order: by position, or by confidence; equal ones keep the order of the data set.
        """
        keep = np.ones(len(self.labels), bool)
        if show != "all":
            keep &= self.right == (show == "right")
        if true is not None:
            keep &= self.labels == true
        if answer is not None:
            keep &= self.predicted == answer
        positions = np.flatnonzero(keep)
        if order == "by index":
            return positions
        sign = -1 if order == "most confident first" else 1
        return positions[np.argsort(sign * self.confidence[positions], kind="stable")]


def probabilities_of(network: Answering, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the probabilities (n, classes) a network gives to images uint8 (n, 32, 32, 3)."""
    return softmax(logits_of(network, images))
