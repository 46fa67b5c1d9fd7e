"""One filter, the patches of test images that excite it most, and what it sees of the picture that was made for it."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts import png
from core.charts.maps import enlarge, kernel_pictures
from core.charts.patches import cut, marked
from core.config import CHANNELS
from core.data.dataset import Dataset
from core.model.experiments.ascent import Climbed
from core.model.experiments.survey import Excited
from core.model.structure.trace import LayerRow
from core.training.runs.snapshot import Snapshot
from pages.activations.anatomy import anatomy, looked_for, patch, shown, slices
from pages.shared.mosaic import Sprite, sprite_of

PATCH = 96
"""Pixels of a patch, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the visitor looks at; all that its pictures depend on.

    Attributes:
        dataset: whose test images excite it.
        snapshot: whose filter.
        row: its convolution.
        feature: its number, from 0.
        smooth: how the picture is made for it, see `Ascent`.
    """

    dataset: Dataset
    snapshot: Snapshot
    row: LayerRow
    feature: int
    smooth: bool

    @property
    def title(self) -> str:
        """What it is called."""
        return f"filter {self.feature + 1} of {self.row.name}"


def _apart(filter_: Chosen, *more: int) -> tuple[Hashable, ...]:
    """Return what tells a filter from others; the data set by its name, or what is remembered would hold its images."""
    return filter_.dataset.name, filter_.snapshot, filter_.row.name, filter_.feature, filter_.smooth, *more


@remembered(8, key=_apart)
def weights_sprite(filter_: Chosen, count: int) -> Sprite:
    """Return the `count` strongest slices of a filter over what the maps that they weigh look for.

    Of a filter that weighs red, green and blue, its slices behind one picture of all three. The images have been asked
    about before.
    """
    found = anatomy(filter_.snapshot, filter_.row.name, filter_.feature)
    excited = cached.survey(filter_.dataset.name, filter_.snapshot).result()
    pictures = slices(found, count)
    sources = looked_for(found, filter_.snapshot, excited, filter_.dataset.test.images, count)
    if sources is None and len(found.order) == len(CHANNELS):
        together = kernel_pictures(found.kernels[..., np.newaxis])[0]
        pictures = np.concatenate([enlarge(together, pictures.shape[1])[np.newaxis], pictures])
    elif sources is not None:
        line = np.full((count, 4, *pictures.shape[2:]), 128, np.uint8)
        pictures = np.concatenate([pictures, line, sources], axis=1)
    return sprite_of(pictures)


@remembered(16, key=_apart)
def climb_frames(filter_: Chosen) -> tuple[str, int]:
    """Return what the filter's place sees of the made picture after every step, a line of pixels each, as a data URI.

    A line below the other, they differ little from above, and PNG keeps such differences. And the side of a picture.
    The picture has been made.
    """
    climbed = cached.ascent(filter_.snapshot, filter_.row.name, filter_.feature, filter_.smooth).result()
    top, left, side = shown(filter_.row, climbed.row, climbed.column)
    frames = np.stack([cut(picture, top, left, side, size=side) for picture in climbed.pictures])
    return png.data_uri(frames.reshape(len(frames), side * side, 3)), side


@remembered(8, key=_apart)
def nine_sprites(filter_: Chosen) -> tuple[Sprite, Sprite]:
    """Return the pictures of `nine` as they are sent; the images have been asked about."""
    excited = cached.survey(filter_.dataset.name, filter_.snapshot).result()
    patches, wholes = nine(filter_, excited[filter_.row.name])
    return sprite_of(patches), sprite_of(wholes)


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
