"""One filter, the patches of test images that excite it most, and what it sees of the picture that was made for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.charts.patches import cut, marked
from core.data.dataset import Dataset
from core.model.ascent import Climbed
from core.model.survey import Excited
from core.model.trace import LayerRow
from core.training.snapshot import Snapshot
from pages.activations.anatomy import patch, shown

PATCH = 96
"""Pixels of a patch, at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """What the visitor looks at.

    Attributes:
        dataset: whose test images excite it.
        snapshot: whose filter.
        row: its convolution.
        feature: its number, from 0.
        every: whether all its slices are drawn, or the strongest.
        smooth: how the picture is made for it, see `Ascent`.
    """

    dataset: Dataset
    snapshot: Snapshot
    row: LayerRow
    feature: int
    every: bool
    smooth: bool

    @property
    def title(self) -> str:
        """What it is called."""
        return f"filter {self.feature + 1} of {self.row.name}"


def nine(filter_: Chosen, excited: Excited) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the patches that excite a filter most, (n, side, side, 3), and their images with the patch marked."""
    images, row, feature = filter_.dataset.test.images, filter_.row, filter_.feature
    patches, wholes = [], []
    for rank, (each, place) in enumerate(zip(excited.images[feature], excited.places[feature], strict=True)):
        patches.append(patch(row, excited, images, feature, rank, PATCH))
        window = row.window(*divmod(int(place), row.output_shape[1]))
        wholes.append(marked(np.asarray(images[each]), *window, row.receptive_field))
    return np.stack(patches), np.stack(wholes)


def made(filter_: Chosen, climbed: Climbed, step: int) -> NDArray[np.uint8]:
    """Return what the filter's place in the middle sees of the picture after a step, (side, side, 3)."""
    top, left, side = shown(filter_.row, climbed.row, climbed.column)
    return cut(climbed.pictures[step], top, left, side, size=side * max(1, PATCH // side))
