"""The training time machine: all epochs' frames go to the browser once, and are scrubbed there."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import color, png
from core.charts.maps import kernel_pictures
from core.charts.numbers import finite
from core.training.frames import Frames
from core.training.runs import Run
from core.training.snapshot import Snapshot
from pages.shared.component import component
from pages.shared.told import told, whole

_component = component(__file__)


def time_machine(
    run: Run,
    frames: Frames,
    *,
    key: str,
    image: NDArray[np.uint8],
    label: int,
    class_names: tuple[str, ...],
    epoch: int,
    on_epoch: Callable[[int], None],
) -> None:
    """Draw kernels, feature maps, probabilities, confusion matrix and curves of one epoch, and a slider to move.

    Args:
        run: the run; its evaluations and epoch table.
        frames: what its snapshots make of `image`.
        key: the widget's key, "page.name".
        image, label: the pinned image, uint8 (32, 32, 3), and its true class.
        class_names: in the order of the logits.
        epoch: where to stand.
        on_epoch: called with the epoch at which the visitor came to rest.
    """

    def moved() -> None:
        rested = whole(told(key, "epoch"))
        if rested is not None and rested in frames.epochs:
            on_epoch(rested)

    data = {
        "epoch": epoch,
        "image": png.data_uri(np.asarray(image)),
        "label": label,
        "classes": list(class_names),
        "probabilities": np.round(frames.probabilities, 4).tolist(),
        "layer": frames.layer,
        **_told_by_the_run(run, frames.epochs),
        **_kernel_frames(frames.kernels),
        **_map_frames(frames.maps),
    }
    _component(key=key, data=data, on_epoch_change=moved)


def _told_by_the_run(run: Run, epochs: Sequence[int]) -> dict[str, Any]:
    """The curves, the confusion matrices of epochs, and which images these are about."""
    table = run.epoch_table()
    evaluations = [Snapshot(run, each).evaluation() for each in epochs]
    return {
        "run": run.id,
        "epochs": list(epochs),
        "confusion": [e.confusion.tolist() if e else None for e in evaluations],
        "images": next((e.n for e in evaluations if e), 0),
        "curves": {name: finite(table[name]) for name in ("epoch", "loss", "val_loss", "accuracy", "val_accuracy")},
        "note": run.config.data_note,
        "validation": "test" if run.config.recipe.validation == "test" else "held-out",
    }


def _kernel_frames(kernels: NDArray[np.float32]) -> dict[str, Any]:
    """One row of the sprite per epoch, one cell per filter; the full color is each epoch's largest weight."""
    limits = np.abs(kernels).max(axis=(1, 2, 3, 4))
    if kernels.shape[3] == 3:
        pixels = np.stack([kernel_pictures(each) for each in kernels])  # (epochs, filters, height, width, 3)
    else:
        means = kernels.mean(axis=3).transpose(0, 3, 1, 2)  # (epochs, filters, height, width)
        pixels = np.stack([color.signed(each, float(limit)) for each, limit in zip(means, limits, strict=True)])
    epochs, filters, height, width, _ = pixels.shape
    rows = pixels.transpose(0, 2, 1, 3, 4).reshape(epochs * height, filters * width, 3)
    return {
        "kernels": png.data_uri(rows),
        "kernelShape": [height, width, filters],
        "kernelLimits": [round(float(limit), 3) for limit in limits],
    }


def _map_frames(maps: NDArray[np.float32]) -> dict[str, Any]:
    """One row of the sprite per epoch, one cell per map; black is 0 or less, white each map's own maximum."""
    highs = maps.max(axis=(1, 2))  # (epochs, maps)
    scaled = maps / np.maximum(highs, 1e-12)[:, None, None, :]
    pixels = color.gray(scaled, 0.0, 1.0)  # (epochs, height, width, maps)
    epochs, height, width, count = pixels.shape
    rows = pixels.transpose(0, 1, 3, 2).reshape(epochs * height, count * width)
    return {
        "maps": png.data_uri(rows),
        "mapShape": [height, width, count],
        "mapHighs": [[round(float(each.min()), 2), round(float(each.max()), 2)] for each in highs],
    }
