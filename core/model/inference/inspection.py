"""Look inside a network: the feature maps its layers make of one image.

The idea of looking at every layer's responses goes back to Zeiler and Fergus, "Visualizing and Understanding
Convolutional Networks" (2014).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE
from core.model.layers.base import Role
from core.model.layers.convolution import Conv2D
from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow

if TYPE_CHECKING:
    from core.model.inference.networks import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer whose output is a stack of feature maps.

    Attributes:
        name: the layer's name, as in Keras.
        kind: "convolution", "pooling" or "other" (for example batch normalization).
        separate: whether each map is made of the map of the same number before it alone, as in pooling.
        shape: height, width and number of its feature maps.
        activation: name of the activation function inside the layer, or None when it has none.
    """

    name: str
    kind: Role
    separate: bool
    shape: tuple[int, int, int]
    activation: str | None


def map_layers(architecture: Architecture) -> tuple[MapLayer, ...]:
    """Return the layers whose output is a stack of feature maps, input side first. No TensorFlow.

    >>> [layer.name for layer in map_layers(Architecture.tutorial())]
    ['conv2d', 'max_pooling2d', 'conv2d_1', 'max_pooling2d_1', 'conv2d_2']
    """
    return tuple(_describe(row) for row in architecture.rows() if len(row.output_shape) == 3 and row.layer.pictured)


def has_convolution(architecture: Architecture) -> bool:
    """Return whether there is a `Conv2D` anywhere in the network, so that it has kernels to show."""
    return any(isinstance(step.layer, Conv2D) for step in architecture.steps())


def maps_and_logits(
    network: "Network", image: NDArray[np.uint8], *, before_activation: bool = False
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """Return every layer's feature maps for one image, and the logits (classes,).

    Args:
        image: uint8 (32, 32, 3), range 0..255.
        before_activation: for layers with an activation inside, return what goes into it instead of what comes out.

    Returns:
        Layer name -> float32 (height, width, feature maps), input side first; shared by callers, so read-only;
        empty where no layer makes any. Then the logits.

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        ValueError: when the image does not have the network's input shape.
    """
    if image.shape != IMAGE_SHAPE:
        raise ValueError(
            f"Expected an image of shape {IMAGE_SHAPE}. Received {image.shape}. Bring it to that shape first."
        )
    inside = network.inside(image, before_activation=before_activation)
    names = [layer.name for layer in map_layers(network.architecture)]
    return {name: inside.outputs[name] for name in names}, inside.logits


def _describe(row: LayerRow) -> MapLayer:
    height, width, count = row.output_shape
    return MapLayer(
        name=row.name,
        kind=row.layer.role,
        separate=row.layer.separate,
        shape=(height, width, count),
        activation=row.layer.activation_inside,
    )
