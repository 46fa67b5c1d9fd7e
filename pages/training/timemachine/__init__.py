"""The training time machine: all epochs' frames go to the browser once, and are scrubbed there."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import png
from core.charts.numbers import finite
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.shared.component import component
from pages.shared.told import told, whole
from pages.training.timemachine.moment import Moment
from pages.training.timemachine.pictures import kernel_limits, kernel_pixels, map_pixels

_component = component(__file__)


def time_machine(moment: Moment, *, key: str, on_epoch: Callable[[int], None]) -> None:
    """Draw kernels, feature maps, probabilities, confusion matrix and curves of one epoch, and a slider to move.

    Args:
        moment: where to stand; all of its frames are drawn.
        key: the widget's key, "page.name".
        on_epoch: called with the epoch at which the visitor came to rest.
    """
    frames = moment.frames

    def moved() -> None:
        rested = whole(told(key, "epoch"))
        if rested is not None and rested in frames.epochs:
            on_epoch(rested)

    data = {
        "epoch": moment.epoch,
        "image": png.data_uri(moment.image),
        "label": moment.label,
        "classes": list(moment.class_names),
        "probabilities": np.round(frames.probabilities, 4).tolist(),
        "layer": frames.layer,
        **_told_by_the_run(moment.run, frames.epochs),
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
    """One row of the sprite per epoch, one cell per filter."""
    pixels = kernel_pixels(kernels)
    epochs, filters, height, width, _ = pixels.shape
    rows = pixels.transpose(0, 2, 1, 3, 4).reshape(epochs * height, filters * width, 3)
    return {
        "kernels": png.data_uri(rows),
        "kernelShape": [height, width, filters],
        "kernelLimits": [round(limit, 3) for limit in kernel_limits(kernels)],
    }


def _map_frames(maps: NDArray[np.float32]) -> dict[str, Any]:
    """One row of the sprite per epoch, one cell per map."""
    highs = maps.max(axis=(1, 2))  # (epochs, maps)
    epochs, height, width, count = maps.shape
    rows = map_pixels(maps).transpose(0, 1, 3, 2).reshape(epochs * height, count * width)
    return {
        "maps": png.data_uri(rows),
        "mapShape": [height, width, count],
        "mapHighs": [[round(float(each.min()), 2), round(float(each.max()), 2)] for each in highs],
    }
