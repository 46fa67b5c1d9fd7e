"""How a logit or the loss changes with the pixels, and a logit with the last feature maps.

As in `inference`, the graphs are compiled once for an architecture and the weights are handed in.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.config import WHITE
from core.errors import ConvscopeError
from core.model.gate import gate
from core.model.inference.inspection import map_layers
from core.model.inference.networks import Network
from core.model.inference.programs import BACK_BYTES, Program, Programs
from core.model.structure.architecture import Architecture
from core.model.structure.memory import BATCH_BYTES, BATCH_MULTIPLY_ADDS, answering_bytes, check_kept_outputs

PROGRAM_BYTES = 80_000_000


def pixel_slopes(
    network: Network, pixels: NDArray[np.floating], classes: int | NDArray[np.integer], *, of_loss: bool = False
) -> NDArray[np.float32]:
    """Return the slope of a class's logit by every pixel of every image.

    Args:
        pixels: (n, height, width, 3), 0..1.
        classes: whose logit, one for all images or (n,).
        of_loss: return the slope of the cross-entropy in nats instead, where `classes` are the true ones.

    Returns:
        float32 of the shape of `pixels`.

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        BusyError: too many others ask at this moment.
    """
    program, fills, parts = _programs.of(network.architecture), _bytes_an_image(network.architecture), []
    size, every = _images_at_a_time(network.architecture, fills), np.broadcast_to(np.int32(classes), len(pixels))
    graph = program.loss_by_pixels if of_loss else program.by_pixels
    for start in range(0, len(pixels), size):
        some = tf.constant(pixels[start : start + size], tf.float32)
        with gate.turn(len(some) * fills):
            parts.append(np.asarray(graph(some, tf.constant(every[start : start + size]), network.weights)[1]))
    return np.concatenate(parts)


def last_maps(
    network: Network, image: NDArray[np.uint8], class_index: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the last feature maps of an image, uint8 (height, width, 3), and the slope of a class's logit by them.

    Both are float32 (height, width, maps) of the last layer that makes feature maps.

    Raises:
        ConvscopeError: the network makes no feature maps, or its layers' outputs together fill too much memory.
        BusyError: too many others ask at this moment.
    """
    program, fills = _programs.of(network.architecture), _bytes_an_image(network.architecture)
    if program.last is None:
        raise ConvscopeError(
            "Expected a network with a layer that makes feature maps. Received one without. Choose another method, or "
            "another run in the sidebar."
        )
    pixels = tf.constant(image[np.newaxis] / WHITE, tf.float32)
    with gate.turn(fills):
        maps, slopes = program.by_maps(pixels, tf.constant([class_index], tf.int32), network.weights)
        return np.asarray(maps)[0], np.asarray(slopes)[0]


def _bytes_an_image(architecture: Architecture) -> int:
    """What the way back of one image fills: all outputs are kept, and a few slopes beside them."""
    check_kept_outputs(architecture)
    return answering_bytes(architecture) + 2 * architecture.activation_bytes


def _images_at_a_time(architecture: Architecture, fills: int) -> int:
    return max(1, min(BATCH_BYTES // fills, BATCH_MULTIPLY_ADDS // max(1, 3 * architecture.multiply_adds)))


_Graph = Callable[[tf.Tensor, tf.Tensor, list[tf.Tensor]], tuple[tf.Tensor, tf.Tensor]]


def _logit(classes: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    return tf.gather(logits, classes, axis=1, batch_dims=1)


class _Program(Program):
    """The graphs of slopes."""

    def __init__(self, architecture: Architecture, dtype: str) -> None:
        super().__init__(architecture, dtype, layer_bytes=BACK_BYTES)
        layers, inputs = map_layers(architecture), self.model.inputs[0]
        self.last = self.after[layers[-1].name] if layers else None
        self.by_pixels = self._graph(inputs, _logit)
        self.loss_by_pixels = self._graph(inputs, tf.nn.sparse_softmax_cross_entropy_with_logits)
        if self.last is not None:
            self.by_maps = self._graph(self.last, _logit)

    def _graph(self, place: keras.KerasTensor, number: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]) -> _Graph:
        """Return f(pixels, classes, weights): what is at `place`, and the slopes of `number(classes, logits)` by it."""
        reader = self.reader((place, self.model.output))

        @tf.function(
            input_signature=(self.pixels(tf.float32), tf.TensorSpec((None,), tf.int32), self.weights), autograph=False
        )
        def slopes(pixels, classes, weights):  # type: ignore[no-untyped-def]
            with tf.GradientTape() as tape:
                tape.watch(pixels)
                by, logits = self.ask(reader, pixels, weights)
                numbers = number(classes, logits)
            found = tape.gradient(numbers, by, unconnected_gradients=tf.UnconnectedGradients.ZERO)
            return tf.cast(by, tf.float32), tf.cast(found, tf.float32)

        return slopes


_programs = Programs(_Program, PROGRAM_BYTES)
