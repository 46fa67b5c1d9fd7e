"""Networks that answer: compiled once for an architecture, with the weights of a snapshot handed in at every question.

An eager Keras model spends some milliseconds of Python on every question and keeps every layer's output until it is
done (19.9 GB for 500 images and a network of 58,378 parameters). A compiled graph needs a fraction of both. Since the
weights are arguments, all snapshots of all runs with one architecture share its graph, and a snapshot costs no more
than its weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.config import WHITE
from core.model.gate import gate
from core.model.inference.programs import FORWARD_BYTES, Program, Programs
from core.model.structure.architecture import Architecture
from core.model.structure.memory import answering_bytes, check_kept_outputs, images_at_a_time, images_to_survey

PROGRAM_BYTES = 160_000_000
"""What all graphs that stay compiled may take; the longest unused are forgotten, and made again when asked for."""

MOST_UNITS = 4_096
"""Of the vectors whose numbers are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inside:
    """What a network makes of one image on the way.

    Attributes:
        outputs: layer name -> float32, that layer's output for the image, input side first; read-only.
        logits: float32 (classes,).
    """

    outputs: dict[str, NDArray[np.float32]]
    logits: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peaks:
    """The extremes of each map that a layer makes of n images; of a vector each number is a map of its own.

    Attributes:
        highest, lowest: float32 (n, maps).
        places: int32 (n, maps), where the highest stands: row x width + column, the first of several.
    """

    highest: NDArray[np.float32]
    lowest: NDArray[np.float32]
    places: NDArray[np.int32]


class Network:
    """A network with the weights of one moment. Any number of threads may ask it; they pass the gate.

    Args:
        weights: in the order of Keras' `model.weights`; copied.
        dtype: what it computes in, as for `network.build`.

    Raises:
        ArchitectureError: the stack cannot be built.
        ValueError: these are not its weights.
    """

    def __init__(self, architecture: Architecture, weights: Sequence[NDArray], *, dtype: str = "float32") -> None:
        self.architecture = architecture
        self.images_at_a_time = images_at_a_time(architecture)
        self.surveyed_at_a_time = images_to_survey(architecture)
        self._dtype = dtype
        shapes = [tuple(values.shape) for values in weights]
        if shapes != self._program.shapes:
            raise ValueError(f"Expected weights of the shapes {self._program.shapes}. Received {shapes}.")
        self._weights = [tf.constant(np.asarray(values), tf.float32) for values in weights]

    @property
    def classes(self) -> int:
        """The number of its logits."""
        return self.architecture.classes

    @property
    def weights(self) -> list[tf.Tensor]:
        """Its float32 weights, in the order of Keras' `model.weights`."""
        return list(self._weights)

    @property
    def nbytes(self) -> int:
        """Bytes of its weights, and some for the objects that hold them; its graphs are shared."""
        return sum(4 * int(np.prod(values.shape)) for values in self._weights) + 50_000

    @property
    def _program(self) -> "_Program":
        """Its graphs; not held here, or every network that is kept would keep them."""
        return _programs.of(self.architecture, self._dtype)

    @classmethod
    def of(cls, model: keras.Model, architecture: Architecture, *, dtype: str = "float32") -> "Network":
        """Return the network that `model`, built from `architecture`, is at this moment."""
        return cls(architecture, [np.asarray(variable.value) for variable in model.weights], dtype=dtype)

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logits (n, classes) of uint8 (n, 32, 32, 3), all in one batch; `evaluation.logits_of` takes many.

        Raises:
            BusyError: too many others ask at this moment.
        """
        program = self._program
        with gate.turn(len(images) * answering_bytes(self.architecture)):
            return np.asarray(program.logits(tf.constant(images), self._weights))

    def inside(self, image: NDArray[np.uint8], *, before_activation: bool = False) -> Inside:
        """Return what every layer makes of an image, uint8 (32, 32, 3).

        Args:
            before_activation: for layers with an activation inside, return what goes into it instead.

        Raises:
            TooLargeError: the layers' outputs together fill too much memory.
            BusyError: too many others ask at this moment.
        """
        check_kept_outputs(self.architecture)
        program = self._program
        with gate.turn(answering_bytes(self.architecture) + self.architecture.activation_bytes):
            ask = program.sums if before_activation else program.outputs
            outputs, logits = ask(tf.constant(image[np.newaxis]), self._weights)
            arrays = {name: np.asarray(outputs[name])[0] for name in program.names}
        for values in arrays.values():
            values.setflags(write=False)
        return Inside(outputs=arrays, logits=np.asarray(logits)[0])

    def peaks(self, images: NDArray[np.uint8]) -> dict[str, Peaks]:
        """Return the extremes of what every layer makes of uint8 (n, 32, 32, 3), n at most `surveyed_at_a_time`.

        Vectors of more than `MOST_UNITS` numbers, such as large flattened maps, are left out.

        Raises:
            BusyError: too many others ask at this moment.
        """
        program = self._program
        with gate.turn(len(images) * (answering_bytes(self.architecture) + self.architecture.activation_bytes)):
            found = program.peaks(tf.constant(images), self._weights)
            arrays = {name: [np.asarray(each) for each in extremes] for name, extremes in found.items()}
        return {
            name: Peaks(highest=highest, lowest=lowest, places=places)
            for name, (highest, lowest, places) in arrays.items()
        }


class _Program(Program):
    """The graphs that answer."""

    def __init__(self, architecture: Architecture, dtype: str) -> None:
        super().__init__(architecture, dtype, layer_bytes=FORWARD_BYTES)
        shapes = {row.name: row.output_shape for row in architecture.rows()}
        self.shapes, self.names = [tuple(variable.shape) for variable in self.model.weights], list(shapes)
        told = {name: self.after[name] for name, shape in shapes.items() if len(shape) == 3 or shape[0] <= MOST_UNITS}
        self.logits = self._graph(self.model, batch=None)
        self.outputs, self.sums = (
            self._graph(self.reader(({name: each[name] for name in shapes}, self.model.output)), batch=1)
            for each in (self.after, self.before)
        )
        self.peaks = self._graph(self.reader(told), batch=None, made_of=_extremes)

    def _graph(
        self, model: keras.Model, *, batch: int | None, made_of: Callable[[tf.Tensor], Any] = lambda output: output
    ) -> tf.types.experimental.PolymorphicFunction:
        """Return f(uint8 pixels (batch, h, w, 3), weights) -> what is `made_of` each float32 output of `model`."""

        @tf.function(input_signature=(self.pixels(tf.uint8, batch), self.weights), autograph=False)
        def answer(pixels: tf.Tensor, weights: list[tf.Tensor]):  # type: ignore[no-untyped-def]
            value = self.ask(model, tf.cast(pixels, tf.float32) / WHITE, weights)
            return tf.nest.map_structure(lambda output: made_of(tf.cast(output, tf.float32)), value)

        return answer


def _extremes(output: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the fields of `Peaks` of a layer's output, (n, height, width, maps) or (n, maps)."""
    maps = output.shape[-1]
    values = tf.reshape(output, (-1, output.shape[1] * output.shape[2] if output.shape.rank == 4 else 1, maps))
    return tf.reduce_max(values, axis=1), tf.reduce_min(values, axis=1), tf.argmax(values, axis=1, output_type=tf.int32)


_programs = Programs(_Program, PROGRAM_BYTES)
