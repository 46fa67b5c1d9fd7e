"""One image seen by every snapshot of a run: the frames of the training time machine."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.model.inference.inspection import map_layers, maps_and_logits
from core.model.quality.evaluation import softmax
from core.training.runs.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frames:
    """What changes from epoch to epoch; e epochs.

    Attributes:
        epochs: ascending.
        kernels: float32 (e, height, width, in_channels, filters) of the first convolution.
        layer: name of the layer whose maps these are.
        maps: float32 (e, height, width, maps), its first feature maps of the image, after its activation.
        probabilities: float64 (e, classes), what each snapshot makes of the image.
    """

    epochs: tuple[int, ...]
    kernels: NDArray[np.float32]
    layer: str
    maps: NDArray[np.float32]
    probabilities: NDArray[np.float64]


def frames(snapshots: Sequence[Snapshot], image: NDArray[np.uint8], *, layer: str, at_most: int = 16) -> Frames:
    """Show `image` to snapshots of one run, one after the other.

    Args:
        snapshots: of the same run, epochs ascending.
        image: uint8 (32, 32, 3).
        layer: the name of one of its `map_layers`; any other stands for the first of them.
        at_most: how many of its feature maps to keep.

    Raises:
        RunError: a snapshot is missing or damaged, or the network has no convolution.
        TooLargeError: the layers' outputs together fill too much memory.
    """
    kernels = np.stack([snapshot.first_layer_kernels() for snapshot in snapshots])
    layers = [each.name for each in map_layers(snapshots[0].architecture)]
    layer = layer if layer in layers else layers[0]
    maps, logits = [], []
    for snapshot in snapshots:
        of_all_layers, answer = maps_and_logits(snapshot.network(), image)
        maps.append(of_all_layers[layer][..., :at_most].copy())  # a view would hold all of the layer
        logits.append(answer)
    return Frames(
        epochs=tuple(snapshot.epoch for snapshot in snapshots),
        kernels=kernels,
        layer=layer,
        maps=np.stack(maps),
        probabilities=softmax(np.stack(logits)),
    )
