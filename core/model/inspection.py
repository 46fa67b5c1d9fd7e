"""Look inside a network: the feature maps its layers make of one image.

The idea of looking at every layer's responses goes back to Zeiler and Fergus, "Visualizing and Understanding
Convolutional Networks" (2014). Here a second Keras model that shares the first one's layers reads all of them in one
pass; nothing is trained or changed.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.model.architecture import Architecture, Conv2D, LayerRow, Residual

if TYPE_CHECKING:
    import keras

LayerKind = Literal["convolution", "pooling", "other"]

_POOLING = ("MaxPooling2D", "AveragePooling2D")
_NOT_SHOWN = ("InputLayer", "Rescaling", "Normalization", "ZeroPadding2D", "Dropout")


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
    model: "keras.Model", image: NDArray[np.uint8], *, before_activation: bool = False
) -> dict[str, NDArray[np.float32]]:
    """Return every layer's feature maps for one image.

    Args:
        model: a network that takes float32 pixels (n, 32, 32, 3) in 0..1.
        image: uint8 (height, width, 3), range 0..255, as the network's input wants it.
        before_activation: for layers with an activation inside, return what goes into it instead of what comes out.

    Returns:
        Layer name -> float32 (height, width, feature maps), input side first; shared by callers, so read-only;
        empty where no layer makes any.

    Raises:
        ValueError: when the image does not have the network's input shape.
    """
    expected = tuple(model.input_shape[1:])
    if image.shape != expected:
        raise ValueError(
            f"Expected an image of shape {expected}. Received {image.shape}. Bring it to that shape first."
        )
    if not any(map(_makes_maps, model.layers)):
        return {}
    pixels = image[np.newaxis].astype(np.float32) / np.float32(255)  # (1, height, width, 3)
    outputs = _probe(model, before_activation)(pixels, training=False)
    maps: dict[str, NDArray[np.float32]] = {}
    for name, output in outputs.items():
        values = np.asarray(output[0], dtype=np.float32)  # (height, width, feature maps)
        values.setflags(write=False)
        maps[name] = values
    return maps


@lru_cache(maxsize=8)
def _probe(model: "keras.Model", before_activation: bool) -> "keras.Model":
    """Build the model that returns all feature maps at once, sharing the layers of `model`."""
    import keras

    layers = [layer for layer in model.layers if _makes_maps(layer)]
    outputs = {layer.name: _before_activation(layer) if before_activation else layer.output for layer in layers}
    return keras.Model(model.inputs[0], outputs)


def _before_activation(layer: "keras.Layer") -> "keras.KerasTensor":
    """Return the layer's output without its activation, from a copy of the layer with the same weights."""
    if _activation_name(layer) is None:
        return layer.output
    copy = type(layer).from_config({**layer.get_config(), "activation": None, "name": f"{layer.name}_linear"})
    output = copy(layer.input)
    copy.set_weights(layer.get_weights())
    return output


def _makes_maps(layer: "keras.Layer") -> bool:
    return type(layer).__name__ not in _NOT_SHOWN and len(getattr(layer.output, "shape", ())) == 4


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


def _activation_name(layer: "keras.Layer") -> str | None:
    """Return the name of the activation inside a layer with weights; a ReLU layer of its own is not inside one."""
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", None) if layer.weights else None
    return None if name in (None, "linear") else name
