"""Builds an `Architecture` as a Keras model with seeded initial weights."""

import io

import keras
import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE
from core.model.construction.identity import identity_kernels
from core.model.construction.processor import usable
from core.model.construction.whitening import whitening_kernels
from core.model.gate import gate
from core.model.layers.scaling import STANDARD_MEAN, STANDARD_SPREAD
from core.model.structure.architecture import Architecture
from core.model.structure.seeds import initial_seeds
from core.model.structure.steps import Step

ACTIVATED = "_activated"
"""Ends the name of a layer that is the activation of the one before it."""

_BYTES_A_PARAMETER = 12
"""What building takes: initial weights as they are drawn, and as the layer keeps them."""


def build(
    architecture: Architecture, *, seed: int, dtype: str = "float32", split_activations: bool = False
) -> keras.Model:
    """Return a new Keras model whose initial weights depend on `seed` alone.

    Args:
        seed: 0 or more; the same seed gives the same initial weights on every machine.
        dtype: "float32", or "mixed_bfloat16" to train in half the time where the processor can; it is "float32" where
            the processor cannot. Weights stay float32.
        split_activations: make the activation inside a layer a layer of its own, called as the first and `ACTIVATED`.

    Returns:
        A model from float32 pixels (n, 32, 32, 3) in 0..1 to float32 logits (n, classes). Its layers are called as in
        `architecture.rows()`, which equal `model.summary()`.

    Raises:
        ArchitectureError: the stack cannot be built.
    """
    dtype = usable(dtype)
    architecture.rows()  # refuses what cannot be built
    seeds, steps = initial_seeds(architecture, seed), architecture.steps()
    values = [keras.Input(IMAGE_SHAPE, name="image")]
    for step in steps:
        taken = [values[n] for n in step.inputs]
        value = taken[0] if len(taken) == 1 else taken
        precision = "float32" if step is steps[-1] else dtype
        values.append(_applied(step, value, seeds.get(step.name), precision, split=split_activations))
    return keras.Model(values[0], values[-1])


def _applied(
    step: Step, value: keras.KerasTensor | list[keras.KerasTensor], seed: int | None, dtype: str, *, split: bool
) -> keras.KerasTensor:
    """Return what a new Keras layer makes of `value`."""
    call = step.layer.call(seed)
    activation = step.layer.activation_inside
    if not split or activation is None:
        return call.make(name=step.name, dtype=dtype)(value)
    linear = call.without("activation").make(name=step.name, dtype=dtype)(value)
    return keras.layers.Activation(activation, name=step.name + ACTIVATED, dtype=dtype)(linear)


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
    before = keras.layers.InputLayer | keras.layers.Rescaling
    first = next(layer for layer in network.layers if not isinstance(layer, before))
    if not isinstance(first, keras.layers.Conv2D):
        return
    kernels = np.asarray(first.kernel).copy()
    height, width, _, filters = kernels.shape
    white = whitening_kernels(images, height, width, filters, STANDARD_MEAN, STANDARD_SPREAD)
    kernels[..., : white.shape[-1]] = white
    first.kernel.assign(kernels)


def pass_inputs_on(network: keras.Model) -> None:
    """Let the filters of every convolution but the first begin by copying input maps; see `identity_kernels`."""
    convolutions = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    for layer in convolutions[1:]:
        layer.kernel.assign(identity_kernels(np.asarray(layer.kernel)))
