"""Look inside a network: the feature maps its layers make of one image.

The idea of looking at every layer's responses goes back to Zeiler and Fergus, "Visualizing and Understanding
Convolutional Networks" (2014).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.model.architecture import Architecture, Conv2D, LayerRow, Residual

if TYPE_CHECKING:
    from core.model.inference import Network

LayerKind = Literal["convolution", "pooling", "other"]

_POOLING = ("MaxPooling2D", "AveragePooling2D")
_NOT_SHOWN = ("Rescaling", "Dropout")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """One layer whose output is a stack of feature maps.

    Attributes:
        name: the layer's name, as in Keras.
        kind: "convolution", "pooling" or "other" (for example batch normalization).
        shape: height, width and number of its feature maps.
        activation: name of the activation function inside the layer, or None when it has none.
    """

    name: str
    kind: LayerKind
    shape: tuple[int, int, int]
    activation: str | None


def map_layers(architecture: Architecture) -> tuple[MapLayer, ...]:
    """Return the layers whose output is a stack of feature maps, input side first. No TensorFlow.

    >>> [layer.name for layer in map_layers(Architecture.tutorial())]
    ['conv2d', 'max_pooling2d', 'conv2d_1', 'max_pooling2d_1', 'conv2d_2']
    """
    return tuple(
        _describe(architecture, row)
        for row in architecture.rows()
        if len(row.output_shape) == 3 and row.kind not in _NOT_SHOWN
    )


def has_convolution(architecture: Architecture) -> bool:
    """Return whether there is a convolution anywhere in the network, so that it has kernels to show."""
    return any(layer.kind == "convolution" for layer in map_layers(architecture))


def feature_maps(
    network: "Network", image: NDArray[np.uint8], *, before_activation: bool = False
) -> dict[str, NDArray[np.float32]]:
    """Return every layer's feature maps for one image.

    Args:
        network: who is asked.
        image: uint8 (32, 32, 3), range 0..255.
        before_activation: for layers with an activation inside, return what goes into it instead of what comes out.

    Returns:
        Layer name -> float32 (height, width, feature maps), input side first; shared by callers, so read-only;
        empty where no layer makes any.

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        ValueError: when the image does not have the network's input shape.
    """
    names = [layer.name for layer in map_layers(network.architecture)]
    return maps_and_logits(network, image, before_activation=before_activation)[0] if names else {}


def maps_and_logits(
    network: "Network", image: NDArray[np.uint8], *, before_activation: bool = False
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """Return what `feature_maps` does, and the logits (10,), in one go; raises as `feature_maps` does."""
    expected = network.architecture.input_shape
    if image.shape != expected:
        raise ValueError(
            f"Expected an image of shape {expected}. Received {image.shape}. Bring it to that shape first."
        )
    inside = network.inside(image, before_activation=before_activation)
    names = [layer.name for layer in map_layers(network.architecture)]
    return {name: inside.outputs[name] for name in names}, inside.logits


def _describe(architecture: Architecture, row: LayerRow) -> MapLayer:
    kind: LayerKind = "other"
    if row.kind == "Conv2D":
        kind = "convolution"
    elif row.kind in _POOLING:
        kind = "pooling"
    layer = architecture.layers[row.layer]
    if isinstance(layer, Residual) and row.inside is not None:
        layer = layer.layers[row.inside]
    activation = layer.activation if isinstance(layer, Conv2D) and layer.activation != "linear" else None
    height, width, count = row.output_shape
    return MapLayer(name=row.name, kind=kind, shape=(height, width, count), activation=activation)
