"""How a network finds its numbers: the loss of labeled images, its slope by every weight, and steps against it.

As in `inference`, the graphs are compiled once for an architecture and the weights are handed in: a step hands out new
ones, and nobody's network is changed. Networks compute as they answer: normalization by its stored statistics, no
dropout.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import keras  # noqa: F401 (before TensorFlow: see CONTRIBUTING.md)
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from core.config import WHITE
from core.data.examples import Examples
from core.fairness import MOST_S
from core.model.gate import between_turns, gate
from core.model.inference.networks import Network
from core.model.inference.programs import BACK_BYTES, Program, Programs
from core.model.structure.architecture import Architecture
from core.model.structure.memory import answering_bytes, check_kept_outputs, training_bytes
from core.model.structure.weights import Variable, Weight
from core.page_runs import page_runs

T = TypeVar("T")
R = TypeVar("R")

PROGRAM_BYTES = 80_000_000

DISTANCES = (0.1, 0.01, 0.001)
NEAREST, FARTHEST = 1 / 16, 16.0
VALLEY, WALL = 0.5, 1.0
"""A section goes on until both sides have risen by so much, or one side has by that much, in nats."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slopes:
    """The loss of some images and how it changes with every weight.

    Attributes:
        loss: mean cross-entropy in nats.
        logits: float32 (n, classes).
        gradients: `Variable.text` of what is learned -> float32, the slope of the mean loss by each of its numbers.
    """

    loss: float
    logits: NDArray[np.float32]
    gradients: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Steps of plain gradient descent one after the other; k of them make k + 1 moments.

    Attributes:
        losses: float64 (k + 1,), mean cross-entropy of the images.
        logits: float32 (k + 1, classes) of the first image.
        values: float64 (k + 1,), the weight that is followed.
        slopes: float64 (k + 1,), of the loss by that weight.
        steepness: float64 (k + 1,), the sum of all weights' squared slopes: times the rate, what a step promises.
        alone: float64 (k + 1,), the loss had only the followed weight made its next step.
    """

    losses: NDArray[np.float64]
    logits: NDArray[np.float32]
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    steepness: NDArray[np.float64]
    alone: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WayBack:
    """One image's way through a network and the slope's way back; all arrays float32, an entry a layer, read-only.

    Attributes:
        loss: cross-entropy of the image in nats.
        logits: float32 (classes,).
        outputs: what each layer hands on.
        sums: what goes into the activation inside a layer; `outputs` where there is none.
        slopes: of the loss by `outputs`.
        sum_slopes: of the loss by `sums`: what is left of the slope behind the activation.
    """

    loss: float
    logits: NDArray[np.float32]
    outputs: Mapping[str, NDArray[np.float32]]
    sums: Mapping[str, NDArray[np.float32]]
    slopes: Mapping[str, NDArray[np.float32]]
    sum_slopes: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Section:
    """The loss along one weight, everything else as it is.

    Attributes:
        values: float64 (m,), ascending at equal distances, `value` in their middle.
        losses: float64 (m,), mean cross-entropy at each.
        value, loss, slope: where the network stands.
        differences: pairs of a distance d and (loss(value + d) - loss(value - d)) / 2d: slopes without calculus.
    """

    values: NDArray[np.float64]
    losses: NDArray[np.float64]
    value: float
    loss: float
    slope: float
    differences: tuple[tuple[float, float], ...]


def variables(network: Network) -> tuple[Variable, ...]:
    """Return what the network's weights are, in their order."""
    return _programs.of(network.architecture).variables


def slopes(network: Network, examples: Examples) -> Slopes:
    """Return loss and gradients, read-only.

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        BusyError: too many others ask at this moment.
    """
    program = _programs.of(network.architecture)
    with _turn(network, examples):
        loss, logits, gradients, *_ = program.step(*_tensors(examples), network.weights, tf.constant(0.0))
        arrays = {each.text: np.asarray(slope) for each, slope in zip(program.variables, gradients, strict=True)}
    learned = {each.text: arrays[each.text] for each in program.variables if each.learned}
    for values in learned.values():
        values.setflags(write=False)
    return Slopes(loss=float(loss), logits=np.asarray(logits), gradients=learned)


def course(network: Network, examples: Examples, *, rate: float, steps: int, weight: Weight) -> Course:
    """Take steps: every learned weight less `rate` times its slope, all of them at once, again and again.

    Args:
        network: where they begin; it stays as it is.
        examples: whose mean loss is to fall.
        rate: the learning rate.
        steps: how many.
        weight: which one to follow.

    Raises:
        TooLargeError: the layers' outputs together fill too much memory.
        BusyError: too many others ask at this moment.
    """
    program, given, weights = _programs.of(network.architecture), _tensors(examples), network.weights
    place = [each.text for each in program.variables].index(weight.variable)

    def step(_: int) -> tuple[NDArray[np.float32], tuple[float, ...]]:
        nonlocal weights
        loss, answer, gradients, moved, steepness = program.step(*given, weights, tf.constant(rate, tf.float32))
        value, slope = (float(of[place][weight.index]) for of in (weights, gradients))
        alone = program.loss(*given, _with(weights, place, weight.index, value - rate * slope))
        weights = moved
        return np.asarray(answer)[0], (float(loss), value, slope, float(steepness), float(alone))

    with between_turns.turn(sum(4 * each.shape.num_elements() for each in weights)):
        logits, rows = zip(*_in_turns(network, examples, step, range(steps + 1)), strict=True)
    losses, values, slopes, steepness, alone = np.array(rows, np.float64).T
    return Course(
        losses=losses, logits=np.stack(logits), values=values, slopes=slopes, steepness=steepness, alone=alone
    )


def losses_along(network: Network, examples: Examples, weight: Weight, values: Iterable[float]) -> NDArray[np.float64]:
    """Return the mean loss (m,) for m values of one weight, everything else as it is; raises as `slopes` does."""
    program, given, weights = _programs.of(network.architecture), _tensors(examples), network.weights
    place = [each.text for each in program.variables].index(weight.variable)

    def loss(value: float) -> float:
        return float(program.loss(*given, _with(weights, place, weight.index, value)))

    return np.array(_in_turns(network, examples, loss, list(values)))


def way_back(network: Network, image: NDArray[np.uint8], label: int) -> WayBack:
    """Return what layers make of an image uint8 (32, 32, 3), and the slope of its loss there; raises as `slopes`."""
    program, one = _programs.of(network.architecture), Examples(images=image[np.newaxis], labels=np.array([label]))
    with _turn(network, one):
        loss, logits, *by_layer = program.back(*_tensors(one), network.weights)
        arrays = [{name: np.asarray(values)[0] for name, values in each.items()} for each in by_layer]
    for values in (values for each in arrays for values in each.values()):
        values.setflags(write=False)
    outputs, sums, slopes, sum_slopes = arrays
    return WayBack(
        loss=float(loss), logits=np.asarray(logits)[0], outputs=outputs, sums=sums, slopes=slopes, sum_slopes=sum_slopes
    )


def losses_of(network: Network, examples: Examples, many: Iterable[Sequence[ArrayLike]]) -> Iterator[float]:
    """Yield the mean loss of one set of weights after the other, each in a turn of its own.

    Args:
        network: whose layers.
        examples: any number; as many at a time as the network's memory allows.
        many: weights in the network's order.
    """
    program, size, count = _programs.of(network.architecture), network.images_at_a_time, len(examples.labels)
    parts = [
        _tensors(Examples(images=examples.images[start : start + size], labels=examples.labels[start : start + size]))
        for start in range(0, count, size)
    ]
    for weights in many:
        given = [tf.convert_to_tensor(values, tf.float32) for values in weights]
        with gate.turn(min(size, count) * answering_bytes(network.architecture)):
            total = sum(float(program.loss(*part, given)) * len(part[1]) for part in parts)
        yield total / count


def section(network: Network, examples: Examples, weight: Weight, *, samples: int) -> Section:
    """Cut through the landscape along one weight, as far as there is something to see; raises as `slopes` does.

    Args:
        network: where it stands.
        examples: whose mean loss is measured.
        weight: along which.
        samples: at how many places, an odd number.
    """
    place = [each.text for each in variables(network)].index(weight.variable)
    value = float(network.weights[place][weight.index])

    def at(offsets: Iterable[float]) -> NDArray[np.float64]:
        return losses_along(network, examples, weight, [value + offset for offset in offsets])

    with page_runs.aside():  # once around many turns
        found = slopes(network, examples)
        reach = _reach(at, found.loss)
        offsets = np.linspace(-reach, reach, samples)
        losses = at(offsets)
        ends = at([sign * distance for distance in DISTANCES for sign in (-1, 1)]).reshape(-1, 2)
    slope = float(found.gradients[weight.variable][weight.index])
    differences = zip(DISTANCES, (ends[:, 1] - ends[:, 0]) / (2 * np.array(DISTANCES)), strict=True)
    return Section(
        values=value + offsets,
        losses=losses,
        value=value,
        loss=found.loss,
        slope=slope,
        differences=tuple((distance, float(slope)) for distance, slope in differences),
    )


def _reach(at: Callable[[Iterable[float]], NDArray[np.float64]], loss: float) -> float:
    """Return how far to both sides the picture goes: until it shows a valley, or a wall."""
    reach = NEAREST
    while reach < FARTHEST:
        rise = at((-reach, reach)) - loss
        if not np.isfinite(rise).all() or rise.min() > VALLEY or rise.max() > WALL:
            break
        reach *= 2
    return reach


def _tensors(examples: Examples) -> tuple[tf.Tensor, tf.Tensor]:
    """Return pixels and labels as the graphs take them."""
    return tf.constant(examples.images), tf.constant(np.asarray(examples.labels, np.int32))


def _turn(network: Network, examples: Examples) -> AbstractContextManager[None]:
    check_kept_outputs(network.architecture)
    return gate.turn(training_bytes(network.architecture, len(examples.labels)))


def _in_turns(network: Network, examples: Examples, ask: Callable[[T], R], about: Sequence[T]) -> list[R]:
    """Return one answer after the other, as many in a turn as count in full: others need not wait for all of them."""
    found: list[R] = []
    while len(found) < len(about):
        with _turn(network, examples):
            until = time.monotonic() + MOST_S
            for each in about[len(found) :]:
                found.append(ask(each))
                if time.monotonic() > until:
                    break
    return found


def _with(weights: Sequence[tf.Tensor], place: int, index: tuple[int, ...], value: float) -> list[tf.Tensor]:
    """Return the weights with one number of the variable at `place` set to `value`."""
    changed = tf.tensor_scatter_nd_update(weights[place], [index], [tf.constant(value, tf.float32)])
    return [*weights[:place], changed, *weights[place + 1 :]]


class _Program(Program):
    """The graphs that learn."""

    def __init__(self, architecture: Architecture, dtype: str) -> None:
        super().__init__(architecture, dtype, layer_bytes=BACK_BYTES)
        names = [row.name for row in architecture.rows()]
        both = [{name: outputs[name] for name in names} for outputs in (self.after, self.before)]
        self._reader = self.reader([*both, self.model.output])
        learned = {id(variable) for variable in self.model.trainable_variables}
        self.variables = tuple(
            Variable(
                layer=variable.path.split("/")[0],
                name=variable.name,
                shape=tuple(variable.shape),
                learned=id(variable) in learned,
            )
            for variable in self.model.weights
        )
        taken = self.pixels(tf.uint8), tf.TensorSpec((None,), tf.int32), self.weights
        self.loss = tf.function(self._loss, input_signature=taken, autograph=False)
        self.back = tf.function(self._back, input_signature=taken, autograph=False)
        self.step = tf.function(self._step, input_signature=(*taken, tf.TensorSpec((), tf.float32)), autograph=False)

    def _logits(self, pixels: tf.Tensor, weights: list[tf.Tensor]) -> tf.Tensor:
        return self.ask(self.model, tf.cast(pixels, tf.float32) / WHITE, weights)

    def _loss(self, pixels: tf.Tensor, labels: tf.Tensor, weights: list[tf.Tensor]) -> tf.Tensor:
        """Return the mean cross-entropy; softmax and mean in float64, so that small differences survive."""
        return _cross_entropy(self._logits(pixels, weights), labels)

    def _step(self, pixels: tf.Tensor, labels: tf.Tensor, weights: list[tf.Tensor], rate: tf.Tensor):  # type: ignore[no-untyped-def]
        """Return mean loss, logits, the slopes of all weights, the weights less `rate` times them, and their steepness.

        Steepness is what `Course` calls so.
        """
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits = self._logits(pixels, weights)
            loss = _cross_entropy(logits, labels)
        found = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        slopes = [
            slope if each.learned else tf.zeros_like(slope) for each, slope in zip(self.variables, found, strict=True)
        ]
        moved = [value - rate * slope for value, slope in zip(weights, slopes, strict=True)]
        steepness = tf.add_n([tf.reduce_sum(tf.square(tf.cast(slope, tf.float64))) for slope in slopes])
        return loss, logits, slopes, moved, steepness

    def _back(self, pixels: tf.Tensor, labels: tf.Tensor, weights: list[tf.Tensor]) -> list[Any]:
        """Return loss, logits, and by layer: outputs, sums before activations, the slopes of the loss by both."""
        with tf.GradientTape() as tape:
            seen = tf.cast(pixels, tf.float32) / WHITE
            tape.watch(seen)
            outputs, sums, logits = self.ask(self._reader, seen, weights)
            loss = _cross_entropy(logits, labels)
        zero = tf.UnconnectedGradients.ZERO
        return [loss, logits, outputs, sums, *tape.gradient(loss, [outputs, sums], unconnected_gradients=zero)]


def _cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=tf.cast(logits, tf.float64))
    return tf.reduce_mean(each)


_programs = Programs(_Program, PROGRAM_BYTES)
