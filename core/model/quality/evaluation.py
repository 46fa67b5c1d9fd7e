"""How good logits are: loss, accuracy, confusion, calibration. NumPy only; `logits_of` asks the network it is given."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """What one snapshot does on one set of labeled images.

    Attributes:
        loss: mean cross-entropy in nats.
        accuracy: part of the images whose largest logit is the right class, 0..1.
        n: number of images.
        confusion: int64 (classes, classes), counts [true class, predicted class].
        bin_count: int64 (10,), images whose largest probability lies in 0..0.1, 0.1..0.2, ..., 0.9..1.
        bin_confidence: float64 (10,), their mean largest probability; NaN in empty bins.
        bin_accuracy: float64 (10,), the part of them that is right; NaN in empty bins.
        fingerprint: of the images and labels it was made on.
    """

    loss: float
    accuracy: float
    n: int
    confusion: NDArray[np.int64]
    bin_count: NDArray[np.int64]
    bin_confidence: NDArray[np.float64]
    bin_accuracy: NDArray[np.float64]
    fingerprint: str = ""

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.confusion)

    @property
    def confidence(self) -> float:
        """The mean largest probability of all answers, 0..1."""
        return float((np.nan_to_num(self.bin_confidence) * self.bin_count).sum() / max(self.n, 1))

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: mean |confidence - accuracy|, weighted by images (Guo et al. 2017)."""
        gap = np.nan_to_num(np.abs(self.bin_confidence - self.bin_accuracy))
        return float((gap * self.bin_count).sum() / max(self.n, 1))

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types; empty bins become null."""
        return {
            "loss": self.loss,
            "accuracy": self.accuracy,
            "n": self.n,
            "confusion": self.confusion.tolist(),
            "bin_count": self.bin_count.tolist(),
            "bin_confidence": [None if np.isnan(x) else x for x in self.bin_confidence.tolist()],
            "bin_accuracy": [None if np.isnan(x) else x for x in self.bin_accuracy.tolist()],
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Evaluation":
        """Build from `to_json`'s dict; KeyError, TypeError, ValueError or OverflowError when it is something else."""

        def numbers(key: str) -> NDArray[np.float64]:
            return np.array([np.nan if x is None else x for x in data[key]], np.float64)

        found = cls(
            loss=float(data["loss"]),
            accuracy=float(data["accuracy"]),
            n=int(data["n"]),
            confusion=np.array(data["confusion"], np.int64),
            bin_count=np.array(data["bin_count"], np.int64),
            bin_confidence=numbers("bin_confidence"),
            bin_accuracy=numbers("bin_accuracy"),
            fingerprint=str(data.get("fingerprint", "")),
        )
        bins = (found.bin_count, found.bin_confidence, found.bin_accuracy)
        square = found.confusion.ndim == 2 and found.confusion.shape == (found.classes, found.classes)
        if not square or any(each.shape != (CALIBRATION_BINS,) for each in bins):
            raise ValueError(f"confusion of shape {found.confusion.shape} is no evaluation")
        return found


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return probabilities (..., classes) in 0..1 that sum to 1, from logits (..., classes).

    Example:
        >>> softmax(np.array([0.0, 0.0])).tolist()
        [0.5, 0.5]
    """
    return np.exp(log_softmax(logits))


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the natural logarithms of `softmax(logits)`, without overflow."""
    shifted = np.asarray(logits, np.float64)
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def half_precision(logits: NDArray[np.floating]) -> NDArray[np.float16]:
    """Return logits at half the size that give the same answers, as surely.

    They are counted from the largest one, which softmax does not notice: so it is near 0, where float16 is fine, and
    takes up what rounding the others moved. Its probability stays within 1e-5, and it stays the first largest.

    Args:
        logits: (n, classes), before softmax.

    Example:
        >>> half_precision(np.array([[2.0, 7.5, 0.25]])).tolist()
        [[-5.5, 0.0, -7.25]]
    """
    limit = float(np.finfo(np.float16).max)
    logits = np.asarray(logits, np.float64)
    winner = np.nan_to_num(logits, posinf=0, neginf=0).argmax(axis=-1)[:, np.newaxis]  # as `Answers` reads them
    largest = np.take_along_axis(logits, winner, axis=-1)
    counted = logits - np.where(np.isfinite(logits).all(axis=-1, keepdims=True), largest, 0)
    kept = np.where(np.isfinite(counted), np.clip(counted, -limit, limit), counted).astype(np.float16)
    before = np.arange(kept.shape[-1]) < winner
    tied = before & (kept == np.take_along_axis(kept, winner, axis=-1))
    kept[tied] = np.nextafter(kept[tied], np.float16(-np.inf))
    others = np.arange(kept.shape[-1]) != winner
    moved = np.clip(_log_sum(kept, others) - _log_sum(counted, others), -1, 1).astype(np.float16)
    stays = (np.abs(moved) < _MOST_MOVED) & (moved > np.where(others, kept, -np.inf).max(axis=-1, keepdims=True))
    np.put_along_axis(kept, winner, np.where(stays, moved, np.take_along_axis(kept, winner, axis=-1)), axis=-1)
    return kept


_MOST_MOVED = 0.01
"""What rounding moves by more is far too small to count, or no number."""


def _log_sum(logits: NDArray[np.floating], which: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return log(sum(exp(logits))) over `which` of each row, (n, 1); NaN where they are not finite."""
    chosen = np.where(which, logits.astype(np.float64), -np.inf)
    largest = chosen.max(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):  # told by NaN
        return largest + np.log(np.exp(chosen - largest).sum(axis=-1, keepdims=True))


def evaluate(logits: NDArray[np.floating], labels: NDArray[np.integer], *, fingerprint: str = "") -> Evaluation:
    """Return loss, accuracy, confusion counts and calibration bins.

    Args:
        logits: (n, classes), before softmax; not finite where a run diverged.
        labels: (n,), true classes 0..classes-1.
        fingerprint: of the images and labels, kept with the result.
    """
    labels = np.asarray(labels, np.int64)
    n, classes = logits.shape
    finite = np.isfinite(logits).all()
    log_probabilities = log_softmax(np.nan_to_num(logits, posinf=0, neginf=0) if not finite else logits)
    predicted = log_probabilities.argmax(axis=1)
    right = predicted == labels
    confusion = np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)
    confidence = np.exp(log_probabilities.max(axis=1))
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    count = np.bincount(bins, minlength=CALIBRATION_BINS)
    with np.errstate(invalid="ignore"):
        bin_confidence = np.bincount(bins, confidence, CALIBRATION_BINS) / count
        bin_accuracy = np.bincount(bins, right, CALIBRATION_BINS) / count
    return Evaluation(
        loss=float(-log_probabilities[np.arange(n), labels].mean()) if finite and n else float("nan"),
        accuracy=float(right.mean()) if n else float("nan"),
        n=n,
        confusion=confusion.astype(np.int64),
        bin_count=count.astype(np.int64),
        bin_confidence=bin_confidence,
        bin_accuracy=bin_accuracy,
        fingerprint=fingerprint,
    )


class Answering(Protocol):
    """What can be asked: `inference.networks.Network`."""

    @property
    def classes(self) -> int:
        """The number of its logits."""

    @property
    def images_at_a_time(self) -> int:
        """How many images one batch may hold."""

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits (n, classes) of uint8 (n, 32, 32, 3)."""


def logits_of(network: Answering, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logits of any number of images, as many at a time as the network's memory allows.

    Args:
        network: who is asked.
        images: uint8 (n, 32, 32, 3), 0..255.

    Returns:
        float32 (n, classes).
    """
    size = network.images_at_a_time
    parts = [network.logits(np.asarray(images[start : start + size])) for start in range(0, len(images), size)]
    return np.concatenate(parts) if parts else np.empty((0, network.classes), np.float32)
