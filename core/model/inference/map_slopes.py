"""One number of one feature map, and how it changes with the pixels.

As in `inference`, the graphs are compiled once for an architecture and the weights are handed in; each goes as far as
the layer it is asked about.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.model.gate import gate
from core.model.inference.networks import Network
from core.model.inference.programs import BACK_BYTES, Program, Programs
from core.model.structure.architecture import Architecture
from core.model.structure.memory import answering_bytes, check_kept_outputs

PROGRAM_BYTES = 80_000_000


class Spot(NamedTuple):
    """One number of a layer's feature maps."""

    layer: str
    row: int
    column: int
    feature: int


def values_at(network: Network, spot: Spot, pixels: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return (n,), what comes out of the layer at a spot, for pixels (n, height, width, 3) in 0..1.

    Raises:
        BusyError: too many others ask at this moment.
    """
    size, parts = network.images_at_a_time, []
    ask = _programs.of(network.architecture, spot.layer).values
    for start in range(0, len(pixels), size):
        some = tf.constant(pixels[start : start + size], tf.float32)
        with gate.turn(len(some) * answering_bytes(network.architecture)):
            parts.append(np.asarray(ask(some, tf.constant(spot[1:]), network.weights)))
    return np.concatenate(parts)


def slope_at(network: Network, spot: Spot, pixels: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the slope of what goes into the layer's activation at a spot by every one of pixels (height, width, 3).

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        BusyError: too many others ask at this moment.
    """
    check_kept_outputs(network.architecture)
    ask = _programs.of(network.architecture, spot.layer).slopes
    with gate.turn(answering_bytes(network.architecture) + 2 * network.architecture.activation_bytes):
        image = tf.constant(pixels[np.newaxis], tf.float32)
        return np.asarray(ask(image, tf.constant(spot[1:]), network.weights))[0]


_Graph = Callable[[tf.Tensor, tf.Tensor, list[tf.Tensor]], tf.Tensor]


class _Program(Program):
    """The graphs as far as one layer.

    f(pixels (n, height, width, 3), (row, column, feature), weights) returns `values`, the numbers there (n,), or
    `slopes`, those by the pixels of what goes into the activation.
    """

    def __init__(self, architecture: Architecture, layer: str) -> None:
        depth = [row.name for row in architecture.rows()].index(layer)
        super().__init__(architecture, layer_bytes=BACK_BYTES, layers=depth)
        self.values = self._values(self.reader(self.after[layer]))
        self.slopes = self._slopes(self.reader(self.before[layer]))

    def _values(self, model: keras.Model) -> _Graph:
        @tf.function(input_signature=self._signature, autograph=False)
        def values(pixels, at, weights):  # type: ignore[no-untyped-def]
            maps = self.ask(model, pixels, weights)
            return tf.cast(maps[:, at[0], at[1], at[2]], tf.float32)

        return values

    def _slopes(self, model: keras.Model) -> _Graph:
        values = self._values(model)

        @tf.function(input_signature=self._signature, autograph=False)
        def slopes(pixels, at, weights):  # type: ignore[no-untyped-def]
            with tf.GradientTape() as tape:
                tape.watch(pixels)
                found = values(pixels, at, weights)
            return tape.gradient(found, pixels, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        return slopes

    @property
    def _signature(self) -> tuple[tf.TensorSpec, tf.TensorSpec, list[tf.TensorSpec]]:
        return self.pixels(tf.float32), tf.TensorSpec((3,), tf.int32), self.weights


_programs = Programs(_Program, PROGRAM_BYTES)
