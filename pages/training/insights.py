"""The one sentence to take away from a run."""

import numpy as np

from core.training.runs.run import Run

AVERAGES = "Training loss and accuracy of an epoch are running averages over weights that change meanwhile."


def of_curves(run: Run) -> str:
    """Say what the two curves of a run tell."""
    recipe = run.config.recipe
    changes = ["label smoothing"] if recipe.label_smoothing else []
    changes += ["changed images"] if recipe.augments else []
    step = "Each step moves the weights against the slope of the loss on one batch"
    if changes:
        return (
            f"{step}, made harder on purpose ({' and '.join(changes)}): the training loss may lie above that of "
            "validation, which shows what the network understood."
        )
    return f"{step}; only validation, on images the network does not learn from, shows what it understood."


def of_progress(run: Run) -> str:
    """Say how much of all it gained a run gained in the first third of its epochs."""
    table = run.epoch_table()
    known = np.isfinite(table["val_accuracy"])
    epochs, accuracy = table["epoch"][known], table["val_accuracy"][known]
    third = int(np.searchsorted(epochs, epochs[-1] / 3)) if len(epochs) > 3 else 0
    gain = accuracy[-1] - accuracy[0] if third else 0.0
    share = (accuracy[third] - accuracy[0]) / gain if gain > 0 else -1.0
    if not third or not epochs[third] / epochs[-1] < share <= 1:  # it fell, was best early, or gained most of it late
        return "Kernels, feature maps and answers all change at once; watch which of them settle first."
    return (
        f"Of all the accuracy this network gained, {100 * share:.0f} % came in the first {epochs[third]:.0f} of "
        f"{epochs[-1]:.0f} epochs; the rest came more slowly."
    )
