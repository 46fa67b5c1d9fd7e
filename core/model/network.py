"""Builds an `Architecture` as a Keras model with seeded initial weights."""

import io
from dataclasses import replace

import keras
import numpy as np
from keras import layers as keras_layers
from numpy.typing import NDArray

from core.model.architecture import (
    STANDARD_MEAN,
    STANDARD_SPREAD,
    Activation,
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    MaxPooling2D,
    ReLU,
    Residual,
    initial_seeds,
)
from core.model.gate import gate
from core.model.identity import identity_kernels
from core.model.whitening import whitening_kernels

ACTIVATED = "_activated"
"""Ends the name of a layer that is the activation of the one before it."""

_BYTES_A_PARAMETER = 12
"""What building takes: initial weights as they are drawn, and as the layer keeps them."""


def build(
    architecture: Architecture, *, seed: int, dtype: str = "float32", split_activations: bool = False
) -> keras.Model:
    """Return a new Keras model whose initial weights depend on `seed` alone.

    Args:
        architecture: the stack of layers.
        seed: 0 or more; the same seed gives the same initial weights on every machine.
        dtype: "float32", or "mixed_bfloat16" to train in half the time where the processor can (weights stay float32).
        split_activations: make the activation inside a layer a layer of its own, called as the first and `ACTIVATED`.

    Returns:
        A model from float32 pixels (n, 32, 32, 3) in 0..1 to float32 logits (n, 10). Its layers are called as in
        `architecture.rows()`, which equal `model.summary()`.

    Raises:
        ArchitectureError: the stack cannot be built.
    """
    names = iter(row.name for row in architecture.rows())
    maker = _Maker(initial_seeds(architecture, seed), dtype, split_activations)
    pixels = value = keras.Input(architecture.input_shape, name="image")
    if architecture.input_scaling == "standard":
        scale, offset = 1 / STANDARD_SPREAD, -STANDARD_MEAN / STANDARD_SPREAD
        value = keras_layers.Rescaling(scale, offset, dtype=dtype, name=next(names))(value)
    last = architecture.layers[-1]
    for layer in architecture.layers:
        if isinstance(layer, Residual):
            branch = value
            for inner in layer.layers:
                branch = maker.apply(inner, next(names), branch)
            value = keras_layers.Add(dtype=dtype, name=next(names))([value, branch])
        else:
            value = maker.apply(layer, next(names), value, full_precision=layer is last)
    return keras.Model(pixels, value)


def summary(architecture: Architecture) -> str:
    """Return what Keras' `model.summary()` prints, in 78 columns: without a terminal, lines are cut at 80.

    Raises:
        ArchitectureError: the stack cannot be built.
        BusyError: too many others ask at this moment.
    """
    architecture.check()
    text = io.StringIO()
    with gate.turn(_BYTES_A_PARAMETER * architecture.parameter_count):
        build(architecture, seed=0).summary(line_length=78, print_fn=lambda line: text.write(line + "\n"))
    return text.getvalue()


def whiten_first_layer(network: keras.Model, images: NDArray[np.uint8]) -> None:
    """Start the first convolution from whitening filters of `images`' patches; see `whitening.whitening_kernels`.

    Filters beyond twice the values of a patch keep their random weights. A network that begins with something else than
    a convolution is left as it is.

    Args:
        network: a model of `build`.
        images: uint8 (n, 32, 32, 3), training images only.
    """
    behind_input = [layer for layer in network.layers[1:] if not isinstance(layer, keras_layers.Rescaling)]
    first = behind_input[0]
    if not isinstance(first, keras_layers.Conv2D):
        return
    kernels = np.asarray(first.kernel).copy()
    height, width, _, filters = kernels.shape
    white = whitening_kernels(images, height, width, filters, STANDARD_MEAN, STANDARD_SPREAD)
    kernels[..., : white.shape[-1]] = white
    first.kernel.assign(kernels)


def pass_inputs_on(network: keras.Model) -> None:
    """Let the filters of every convolution but the first begin by copying input maps; see `identity_kernels`."""
    convolutions = [layer for layer in network.layers if isinstance(layer, keras_layers.Conv2D)]
    for layer in convolutions[1:]:
        layer.kernel.assign(identity_kernels(np.asarray(layer.kernel)))


class _Maker:
    """Makes Keras layers, each with random numbers of its own."""

    def __init__(self, seeds: dict[str, int], dtype: str, split: bool) -> None:
        self._seeds, self._dtype, self._split = seeds, dtype, split

    def apply(
        self, layer: Layer, name: str, value: keras.KerasTensor, *, full_precision: bool = False
    ) -> keras.KerasTensor:
        """Return what a new layer makes of `value`."""
        if not self._split or not isinstance(layer, Conv2D | Dense) or layer.activation == "linear":
            return self._make(layer, name, full_precision=full_precision)(value)
        linear = self._make(replace(layer, activation="linear"), name, full_precision=full_precision)(value)
        return keras_layers.Activation(layer.activation, name=name + ACTIVATED, dtype=self._dtype)(linear)

    def _make(self, layer: Layer, name: str, *, full_precision: bool = False) -> keras_layers.Layer:
        common = {"name": name, "dtype": "float32" if full_precision else self._dtype}
        match layer:
            case Conv2D():
                return keras_layers.Conv2D(
                    layer.filters,
                    layer.kernel_size,
                    strides=layer.strides,
                    padding=layer.padding,
                    activation=_activation(layer.activation),
                    use_bias=layer.use_bias,
                    kernel_initializer=keras.initializers.GlorotUniform(seed=self._seeds[name]),
                    **common,
                )
            case MaxPooling2D():
                return keras_layers.MaxPooling2D(layer.pool_size, layer.strides, layer.padding, **common)
            case AveragePooling2D():
                return keras_layers.AveragePooling2D(layer.pool_size, layer.strides, layer.padding, **common)
            case BatchNormalization():
                return keras_layers.BatchNormalization(momentum=layer.momentum, scale=layer.scale, **common)
            case ReLU():
                return keras_layers.ReLU(**common)
            case Activation():
                return keras_layers.Activation(layer.function, **common)
            case Dropout():
                return keras_layers.Dropout(layer.rate, seed=self._seeds[name], **common)
            case Flatten():
                return keras_layers.Flatten(**common)
            case GlobalAveragePooling2D():
                return keras_layers.GlobalAveragePooling2D(**common)
            case GlobalMaxPooling2D():
                return keras_layers.GlobalMaxPooling2D(**common)
            case Dense():
                return keras_layers.Dense(
                    layer.units,
                    activation=_activation(layer.activation),
                    use_bias=layer.use_bias,
                    kernel_initializer=keras.initializers.GlorotUniform(seed=self._seeds[name]),
                    **common,
                )
            case _:
                raise TypeError(f"Residual blocks are taken apart in build(); received {type(layer).__name__}.")


def _activation(name: str) -> str | None:
    return None if name == "linear" else name
