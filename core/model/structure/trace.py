"""One image's way through a stack of layers: the layer table, and where an impossible one breaks. No TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from math import prod

from core.config import IMAGE_SHAPE
from core.data.dataset import FEWEST_CLASSES, MOST_CLASSES
from core.errors import ArchitectureError, TooLargeError
from core.model.layers.base import Layer
from core.model.layers.dense import Dense
from core.model.layers.effect import Effect, Shape, State, by
from core.model.layers.scaling import InputScaling
from core.model.structure.steps import Step, steps

MAX_LAYERS = 60
MAX_PARAMETERS = 4_000_000
MAX_MULTIPLY_ADDS = 400_000_000
MAX_ACTIVATION_BYTES = 16_000_000
"""Of all layers' outputs for one image: they are kept while training, and are what fills memory, not the parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """One line of the layer table, in the order of Keras' `model.summary()` (without the input layer).

    Attributes:
        name: Keras' name of the layer, for example "conv2d_1".
        layer: what it is; a `Rescaling` stands for the input scaling, an `Add` for a block's sum.
        output_shape: shape for one image: (height, width, channels) or (units,).
        parameters, trainable_parameters: how many numbers it holds, and how many of them are learned.
        formula: how the parameters come about, for example "(3 x 3 x 3 + 1) x 32"; "" without parameters.
        multiply_adds: multiplications with an addition for one image (convolutions, dense layers, normalization).
        memory_bytes: float32 size of its output for one image.
        receptive_field: side in pixels of the square of the input that one output can depend on.
        start, jump: the first row of pixels that the first output sees, negative in padding, and the pixels between
            what two neighboring outputs see.
        position: which of `Architecture.layers` it belongs to; -1 for the input scaling.
        inside: position within a residual block's branch; None outside of one.
    """

    name: str
    layer: Layer
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    formula: str
    multiply_adds: int
    memory_bytes: int
    receptive_field: int
    start: int
    jump: int
    position: int
    inside: int | None = None

    @property
    def kind(self) -> str:
        """Keras' class, for example "Conv2D"."""
        return self.layer.kind

    def window(self, row: int, column: int) -> tuple[int, int]:
        """Return the top row and the left column of the `receptive_field` square of pixels that an output can see.

        It may reach beyond the image, into the padding.

        Args:
            row, column: the output's place in its map.
        """
        return self.start + row * self.jump, self.start + column * self.jump


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The rows of a stack as far as it can be built, and what is wrong with it (None: nothing is).

    A stack that could be built but is larger than new networks may be has all its rows, and a `TooLargeError`.
    """

    rows: tuple[LayerRow, ...]
    error: ArchitectureError | None


def trace(
    layers: Sequence[Layer],
    input_scaling: InputScaling,
    classes: int | None = None,
    image_shape: tuple[int, int, int] = IMAGE_SHAPE,
) -> Trace:
    """Follow one image through the stack as far as it goes; never raises.

    Args:
        layers, input_scaling: the stack.
        classes: how many it has to tell apart; None for any number that data may have.
        image_shape: of the image.
    """
    rows: list[LayerRow] = []
    values = [State(image_shape, seen=max(image_shape[:2]))]
    position = len(layers) - 1
    try:
        planned = steps(layers, input_scaling)
        count = sum(step.position >= 0 for step in planned)
        if not 1 <= count <= MAX_LAYERS:
            raise ArchitectureError(f"Expected 1 to {MAX_LAYERS} layers. Received {count}. Add or remove layers.")
        for step in planned:
            position = step.position
            effect = step.layer.effect(reduce(State.joined, (values[n] for n in step.inputs)))
            values.append(effect.state)
            rows.append(_row(step, effect))
        _check_head(layers[-1], rows[-1].output_shape, classes)
        _check_size(rows)
    except ArchitectureError as error:
        breaks = position if error.layer is None else error.layer
        return Trace(rows=tuple(rows), error=type(error)(str(error), layer=breaks))
    return Trace(rows=tuple(rows), error=None)


def _row(step: Step, effect: Effect) -> LayerRow:
    return LayerRow(
        name=step.name,
        layer=step.layer,
        output_shape=effect.state.shape,
        parameters=effect.parameters,
        trainable_parameters=effect.parameters - effect.frozen,
        formula=effect.formula,
        multiply_adds=effect.multiply_adds,
        memory_bytes=4 * prod(effect.state.shape),
        receptive_field=effect.state.field,
        start=effect.state.start,
        jump=effect.state.jump,
        position=step.position,
        inside=step.inside,
    )


def logits(last: Layer) -> int:
    """Return how many logits a network ends in whose last layer this is; 0 where it gives none."""
    return last.units if isinstance(last, Dense) and last.activation == "linear" else 0


def _check_head(last: Layer, output_shape: Shape, classes: int | None) -> None:
    found = logits(last)
    if found != classes if classes else not FEWEST_CLASSES <= found <= MOST_CLASSES:
        expected = classes or f"{FEWEST_CLASSES} to {MOST_CLASSES}"
        raise ArchitectureError(
            f"Expected the last layer to be Dense with {expected} units and no activation: one logit a class. "
            f"Received {last.kind} with output {by(output_shape)}. Add such a layer at the end."
        )


def _check_size(rows: Sequence[LayerRow]) -> None:
    for name, limit, total in (
        ("parameters", MAX_PARAMETERS, sum(row.parameters for row in rows)),
        ("multiply-adds", MAX_MULTIPLY_ADDS, sum(row.multiply_adds for row in rows)),
    ):
        if total > limit:
            raise ArchitectureError(
                f"Expected at most {limit:,} {name}. Received {total:,}. Use fewer filters or pool earlier."
            )
    _check_memory(rows)


def _check_memory(rows: Sequence[LayerRow]) -> None:
    """Refuse what fills too much memory, at the layer with which it does."""
    total = sum(row.memory_bytes for row in rows)
    if total <= MAX_ACTIVATION_BYTES:
        return
    filled = accumulate(row.memory_bytes for row in rows)
    breaks = next(row for row, so_far in zip(rows, filled, strict=True) if so_far > MAX_ACTIVATION_BYTES)
    raise TooLargeError(
        f"Expected layers whose outputs for one image fill at most {MAX_ACTIVATION_BYTES / 1e6:.0f} MB of memory. "
        f"Received {total / 1e6:.1f} MB. Use fewer filters, fewer layers, or pool earlier.",
        layer=max(breaks.position, 0),
    )
