"""What a filter is: its weights for every map that flows in, and what these maps look for in turn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.bounded import remembered
from core.charts import color
from core.charts.maps import enlarge, kernel_pictures
from core.charts.patches import cut
from core.config import IMAGE_SHAPE
from core.model.experiments.survey import Excited
from core.model.layers.convolution import Conv2D, DepthwiseConv2D
from core.model.structure.architecture import Architecture
from core.model.structure.feeds import INPUT, feeds
from core.model.structure.trace import LayerRow
from core.training.runs.snapshot import Snapshot

SIDE, GAP = 60, 6
"""Pixels of a slice, and between it and what its map looks for: 60 is a multiple of most kernels' sides."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anatomy:
    """The weights of one filter, taken apart.

    Attributes:
        kernels: float32 (size, size, n), a slice for every map that flows in.
        order: int64 (n,), the maps by the length of their slice, the longest first.
        shares: float64 (n,), of every map in all squared weights.
        source: the layer whose maps flow in; `INPUT` where it is the image.
        maker: the convolution that made these maps; `INPUT` likewise.
        maps: the numbers of the maps that flow in: all of them, or the one of a filter that sees no other.
    """

    kernels: NDArray[np.float32]
    order: NDArray[np.int64]
    shares: NDArray[np.float64]
    source: str
    maker: str
    maps: NDArray[np.int64]


def convolutions(architecture: Architecture) -> dict[str, LayerRow]:
    """Return the convolutions of a network, input side first, by name."""
    return {row.name: row for row in architecture.rows() if isinstance(row.layer, Conv2D | DepthwiseConv2D)}


@remembered(4)
def anatomy(snapshot: Snapshot, layer: str, feature: int) -> Anatomy:
    """Return a filter of a convolution, taken apart.

    Raises:
        RunError: the weights are not there or damaged.
    """
    architecture = snapshot.architecture
    weights = snapshot.weights_of(layer)[0]  # (size, size, in_channels, filters), or (size, size, filters, 1)
    separate = convolutions(architecture)[layer].layer.separate
    kernels = (weights[:, :, feature] if separate else weights[..., feature]).copy()  # a view would hold all filters
    squares = (kernels.astype(np.float64) ** 2).sum(axis=(0, 1))
    ways = feeds(architecture, list(convolutions(architecture))).of[layer]
    return Anatomy(
        kernels=kernels,
        order=np.argsort(-squares, kind="stable"),
        shares=squares / (squares.sum() or 1.0),
        source=_source(architecture, layer),
        maker=ways[0].source,
        maps=np.array([feature]) if separate else np.arange(kernels.shape[-1]),
    )


def _source(architecture: Architecture, layer: str) -> str:
    """Return the layer whose output a layer takes; `INPUT` for the image, brought to zero mean or not."""
    steps = architecture.steps()
    taken = next(step for step in steps if step.name == layer).inputs[0]
    before = steps[taken - 1] if taken else None
    return INPUT if before is None or before.layer.kind == "Rescaling" else before.name


def slices(found: Anatomy, first: int) -> NDArray[np.uint8]:
    """Draw the `first` strongest slices, (first, SIDE, SIDE, 3): blue positive, white zero, orange negative."""
    limit = float(np.abs(found.kernels).max())
    return np.stack([enlarge(color.signed(found.kernels[..., n], limit), SIDE) for n in found.order[:first]])


def looked_for(
    found: Anatomy, snapshot: Snapshot, excited: dict[str, Excited], images: NDArray[np.uint8], first: int
) -> NDArray[np.uint8] | None:
    """Draw what the `first` strongest maps that flow in look for, (first, SIDE, SIDE, 3); None for the image's.

    The kernels of the first layer, over red, green and blue; of a deeper one, the patch that excites each map most.
    """
    rows = {row.name: row for row in snapshot.architecture.rows()}
    maps = found.maps[found.order[:first]]
    if found.source == INPUT:
        return None
    if found.maker == next(iter(convolutions(snapshot.architecture))):
        kernels = snapshot.first_layer_kernels()
        if kernels.shape[2] == 3:
            return np.stack([enlarge(each, SIDE) for each in kernel_pictures(kernels)[maps]])
    return np.stack([patch(rows[found.source], excited[found.source], images, n, 0, SIDE) for n in maps])


def patch(
    row: LayerRow, excited: Excited, images: NDArray[np.uint8], feature: int, rank: int, size: int
) -> NDArray[np.uint8]:
    """Cut what a map's `rank`-th strongest value saw out of its image, (size, size, 3).

    Args:
        excited: what the images did to its maps.
        images: uint8 (n, height, width, 3), all of them.
        feature, rank: which map, and which of its values, from 0.
        size: pixels of the result.
    """
    top, left, side = shown(row, *divmod(int(excited.places[feature, rank]), row.output_shape[1]))
    return cut(np.asarray(images[excited.images[feature, rank]]), top, left, side, size=size)


def shown(row: LayerRow, down: int, across: int) -> tuple[int, int, int]:
    """Return top, left and side of what is cut out for a value at a place of a layer's maps.

    That is the square it can see; of a larger one than the image, the part that holds most of the image.
    """
    side = min(row.receptive_field, IMAGE_SHAPE[0])
    beyond = row.receptive_field - side
    top, left = (min(max(0, at), at + beyond) if beyond else at for at in row.window(down, across))
    return top, left, side
