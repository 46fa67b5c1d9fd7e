"""Plain-language notes on what a run's numbers show. Pure: tables in, sentences out."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

NoteKind = Literal["diverged", "rate-too-high", "overfitting", "dead-filters", "not-learning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What shows, as a key and as one or two sentences."""

    kind: NoteKind
    text: str


def notes(
    steps: dict[str, NDArray[np.float64]],
    epochs: dict[str, NDArray[np.float64]],
    peaks: NDArray[np.float32] | None = None,
    *,
    classes: int,
) -> list[Note]:
    """Return what shows in a run's tables, the most urgent first.

    Args:
        steps: columns of steps.csv: "step", "loss", ...
        epochs: columns of epochs.csv: "epoch", "loss", "val_loss", "accuracy", "val_accuracy".
        peaks: (filters,), the largest output of each first-layer filter on a few images; None when unknown.
        classes: their number; guessing costs its logarithm, where an untrained network begins.
    """
    losses = steps.get("loss", np.empty(0))
    found = [
        _diverged(losses),
        _rate_too_high(losses, math.log(classes)),
        _not_learning(losses, classes),
        _overfitting(epochs),
        _dead_filters(peaks),
    ]
    return [note for note in found if note is not None]


def _diverged(losses: NDArray[np.float64]) -> Note | None:
    if len(losses) and not np.isfinite(losses[-1]):
        return Note(
            kind="diverged",
            text="Diverged: the loss is no longer a number. Weights grew without bound; use a smaller learning rate.",
        )
    return None


def _rate_too_high(losses: NDArray[np.float64], start_loss: float) -> Note | None:
    """The loss jumped well above where an untrained network begins, or above where it had been."""
    finite = losses[np.isfinite(losses)]
    if len(finite) < 5:
        return None
    recent = float(np.median(finite[-20:]))
    worst = float(finite[-20:].max())
    best = float(_smooth(finite).min())
    if worst > 3 * start_loss or (len(finite) >= 40 and recent > 1.5 * best and recent > best + 0.5):
        return Note(
            kind="rate-too-high",
            text="The loss jumps up instead of falling: steps are too long. A smaller learning rate would settle it.",
        )
    return None


def _not_learning(losses: NDArray[np.float64], classes: int) -> Note | None:
    if len(losses) < 200 or not np.isfinite(losses).all():
        return None
    recent = float(np.mean(losses[-50:]))
    if abs(recent - math.log(classes)) < 0.02:
        return Note(
            kind="not-learning",
            text=f"The loss stays at ln {classes} = {math.log(classes):.2f}, what guessing costs. Nothing has been "
            "learned yet: the learning rate is far too small, or so large that it silenced the network at once.",
        )
    return None


def _overfitting(epochs: dict[str, NDArray[np.float64]]) -> Note | None:
    """Validation loss rises while training loss still falls (compared over the last epochs, both by a margin)."""
    if len(epochs.get("epoch", ())) < 4:
        return None
    loss, val_loss = epochs["loss"], epochs["val_loss"]
    best = int(np.nanargmin(val_loss)) if np.isfinite(val_loss).any() else 0
    since = len(val_loss) - 1 - best
    if since >= 2 and val_loss[-1] > 1.03 * val_loss[best] and loss[-1] < loss[best]:
        return Note(
            kind="overfitting",
            text=f"Overfitting: since epoch {int(epochs['epoch'][best])} the training loss has fallen on while the "
            "validation loss rises. The network learns the training images by heart.",
        )
    return None


def _dead_filters(peaks: NDArray[np.float32] | None) -> Note | None:
    """A filter whose ReLU lets nothing through anywhere gets no gradient either, and stays so."""
    if peaks is None or peaks.size == 0 or not np.isfinite(peaks).all():
        return None
    dead = int((peaks == 0).sum())
    if not dead:
        return None
    what = "filter answers nothing" if dead == 1 else "filters answer nothing"
    return Note(
        kind="dead-filters",
        text=f"{dead} of {len(peaks)} first-layer {what} to any of the watched images: their ReLU lets nothing "
        "through. What stays so is dead, since where nothing comes out nothing is learned.",
    )


def _smooth(values: NDArray[np.float64], window: int = 20) -> NDArray[np.float64]:
    """Return running means over `window` values, shorter at the start of a short run."""
    width = min(window, len(values))
    sums = np.cumsum(np.concatenate([[0.0], values]))
    return (sums[width:] - sums[:-width]) / width
