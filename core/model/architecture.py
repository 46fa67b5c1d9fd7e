"""A network as plain data: which layers, in which order, what they cost. No TensorFlow.

An `Architecture` is a tuple of layer descriptions. It knows the output shape, the parameters with their formula, the
multiply-adds, the memory and the receptive field of every layer, explains at which layer an impossible stack breaks,
and travels as JSON (in a run's `config.json`) or as a short text (in a URL). `core.model.network` builds it in Keras.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate
from math import prod
from typing import Any, Literal, get_args

import numpy as np

from core.config import IMAGE_SHAPE
from core.errors import ArchitectureError, TooLargeError

Shape = tuple[int, ...]
Padding = Literal["valid", "same"]
ActivationName = Literal["relu", "gelu", "silu", "linear"]
SmoothActivation = Literal["gelu", "silu"]
InputScaling = Literal["unit", "standard"]

ACTIVATION_TITLES = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "linear": "linear"}

STANDARD_MEAN, STANDARD_SPREAD = 0.47, 0.25
"""What "standard" scaling subtracts from and divides pixels in 0..1 by: about CIFAR-10's mean and spread."""

CLASSES = 10
MAX_LAYERS = 60
MAX_PARAMETERS = 4_000_000
MAX_MULTIPLY_ADDS = 400_000_000
MAX_ACTIVATION_BYTES = 16_000_000
"""Of all layers' outputs for one image: they are kept while training, and are what fills memory, not the parameters."""


def _whole(kind: str, name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        received = f"{value:,}" if type(value) is int else repr(value)
        raise ArchitectureError(
            f"Expected the {name} of {kind} to be a whole number from {low:,} to {high:,}. Received {received}. "
            f"Choose a value in that range."
        )


def _choice(kind: str, name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ArchitectureError(
            f"Expected the {name} of {kind} to be one of {', '.join(allowed)}. Received {value!r}. Choose one of them."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv2D:
    """Square kernels slide over the feature maps; one output map per filter."""

    filters: int
    kernel_size: int = 3
    strides: int = 1
    padding: Padding = "valid"
    activation: ActivationName = "relu"
    use_bias: bool = True

    def __post_init__(self) -> None:
        _whole("Conv2D", "filters", self.filters, 1, 512)
        _whole("Conv2D", "kernel size", self.kernel_size, 1, 11)
        _whole("Conv2D", "strides", self.strides, 1, 8)
        _choice("Conv2D", "padding", self.padding, ("valid", "same"))
        _choice("Conv2D", "activation", self.activation, get_args(ActivationName))


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPooling2D:
    """Keep the largest value of every window."""

    pool_size: int = 2
    strides: int | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        _check_pooling("MaxPooling2D", self.pool_size, self.strides, self.padding)


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePooling2D:
    """Replace every window by its mean."""

    pool_size: int = 2
    strides: int | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        _check_pooling("AveragePooling2D", self.pool_size, self.strides, self.padding)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNormalization:
    """Bring every channel to zero mean and unit variance over the batch, then scale and shift it by learned numbers.

    Without `scale`, only the shift is learned.
    """

    momentum: float = 0.9
    scale: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.momentum < 1:
            raise ArchitectureError(
                f"Expected the momentum of BatchNormalization in 0..1. Received {self.momentum!r}. 0.9 is usual."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReLU:
    """Replace negative values by zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """A smooth relative of ReLU on its own: GELU (Hendrycks and Gimpel 2016) or SiLU (Elfwing et al. 2018)."""

    function: SmoothActivation = "gelu"

    def __post_init__(self) -> None:
        _choice("Activation", "function", self.function, get_args(SmoothActivation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """While training, set a random part of the values to zero; `rate` is that part, 0..1."""

    rate: float = 0.25

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 0.95:
            raise ArchitectureError(
                f"Expected the rate of Dropout from 0 to 0.95. Received {self.rate!r}. 0.25 drops a quarter."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten:
    """Write all feature maps into one long vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalAveragePooling2D:
    """One number per feature map: its mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalMaxPooling2D:
    """One number per feature map: its largest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """Every output is a weighted sum of all inputs, plus a bias."""

    units: int
    activation: ActivationName = "relu"
    use_bias: bool = True

    def __post_init__(self) -> None:
        _whole("Dense", "units", self.units, 1, 1024)
        _choice("Dense", "activation", self.activation, get_args(ActivationName))


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """A branch of layers whose output is added to its input (He et al. 2016, Deep Residual Learning)."""

    layers: tuple["Layer", ...]

    def __post_init__(self) -> None:
        if not self.layers or any(isinstance(layer, Residual) for layer in self.layers):
            raise ArchitectureError(
                "Expected a residual block of at least one layer and no further block inside. "
                f"Received {len(self.layers)} layers. Put the blocks one after another."
            )


Layer = (
    Conv2D
    | MaxPooling2D
    | AveragePooling2D
    | BatchNormalization
    | ReLU
    | Activation
    | Dropout
    | Flatten
    | GlobalAveragePooling2D
    | GlobalMaxPooling2D
    | Dense
    | Residual
)

LAYER_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Conv2D,
        MaxPooling2D,
        AveragePooling2D,
        BatchNormalization,
        ReLU,
        Activation,
        Dropout,
        Flatten,
        GlobalAveragePooling2D,
        GlobalMaxPooling2D,
        Dense,
        Residual,
    )
}

KERAS_NAMES = {
    "Conv2D": "conv2d",
    "MaxPooling2D": "max_pooling2d",
    "AveragePooling2D": "average_pooling2d",
    "BatchNormalization": "batch_normalization",
    "ReLU": "re_lu",
    "Activation": "activation",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "GlobalAveragePooling2D": "global_average_pooling2d",
    "GlobalMaxPooling2D": "global_max_pooling2d",
    "Dense": "dense",
    "Rescaling": "rescaling",
    "Add": "add",
}


def _check_pooling(kind: str, pool_size: int, strides: int | None, padding: str) -> None:
    _whole(kind, "pool size", pool_size, 1, 32)
    if strides is not None:
        _whole(kind, "strides", strides, 1, 32)
    _choice(kind, "padding", padding, ("valid", "same"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """One line of the layer table, in the order of Keras' `model.summary()` (without the input layer).

    Attributes:
        name: Keras' name of the layer, for example "conv2d_1".
        kind: Keras' class, for example "Conv2D"; "Rescaling" and "Add" stand for input scaling and a block's sum.
        output_shape: shape for one image: (height, width, channels) or (units,).
        parameters, trainable_parameters: how many numbers it holds, and how many of them are learned.
        formula: how the parameters come about, for example "(3 x 3 x 3 + 1) x 32 = 896"; "0" without parameters.
        multiply_adds: multiplications with an addition for one image (convolutions, dense layers, normalization).
        memory_bytes: float32 size of its output for one image.
        receptive_field: side in pixels of the square of the input that one output can depend on.
        layer: position in `Architecture.layers`; -1 for the input scaling.
        inside: position within a residual block's branch; None outside of one.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    formula: str
    multiply_adds: int
    memory_bytes: int
    receptive_field: int
    layer: int
    inside: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The rows of a stack as far as it can be built, and what is wrong with it (None: nothing is).

    A stack that could be built but is larger than new networks may be has all its rows, and a `TooLargeError`.
    """

    rows: tuple[LayerRow, ...]
    error: ArchitectureError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A stack of layers from pixels in 0..1 to ten logits.

    Attributes:
        layers: from the image to the logits.
        input_scaling: "unit" feeds pixels in 0..1; "standard" first brings them to about zero mean, unit variance.
        input_shape: (height, width, channels) of one image.

    Example:
        >>> Architecture.tutorial().parameter_count
        94890
    """

    layers: tuple[Layer, ...]
    input_scaling: InputScaling = "unit"
    input_shape: tuple[int, int, int] = IMAGE_SHAPE

    def __post_init__(self) -> None:
        _choice("the network", "input scaling", self.input_scaling, ("unit", "standard"))

    @classmethod
    def tutorial(cls, *, input_scaling: InputScaling = "unit") -> "Architecture":
        """Return the tutorial's network: three convolutions, two poolings, two dense layers, 94,890 parameters."""
        layers = (
            Conv2D(filters=32),
            MaxPooling2D(),
            Conv2D(filters=32),
            MaxPooling2D(),
            Conv2D(filters=64),
            Flatten(),
            Dense(units=64),
            Dense(units=CLASSES, activation="linear"),
        )
        return cls(layers=layers, input_scaling=input_scaling)

    @classmethod
    def strong(cls) -> "Architecture":
        """Return a lean residual network of nine convolutions, under a million parameters.

        The plan is that of Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU": 2 x 2 kernels first, then
        three blocks that halve the maps early; each block ends in a residual branch, as in its 96 % network.
        """

        def convolution(filters: int) -> tuple[Layer, ...]:
            return (
                Conv2D(filters=filters, padding="same", activation="linear", use_bias=False),
                BatchNormalization(),
            )

        layers: list[Layer] = [Conv2D(filters=24, kernel_size=2)]
        for filters, branch in ((64, 2), (128, 2), (176, 1)):
            first, normalization = convolution(filters)
            layers += [first, MaxPooling2D(padding="same"), normalization, ReLU()]
            inner = [layer for _ in range(branch) for layer in (*convolution(filters), ReLU())]
            layers += [Residual(layers=tuple(inner[:-1])), ReLU()]
        layers += [GlobalMaxPooling2D(), Dense(units=CLASSES, activation="linear")]
        return cls(layers=tuple(layers), input_scaling="standard")

    @classmethod
    def airbench(cls) -> "Architecture":
        """Return a network of seven convolutions and two million parameters that learns in few epochs.

        It is "airbench94" of Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU", with SiLU for GELU: 2 x 2
        kernels first, then three blocks of two convolutions that halve the maps early; normalization learns offsets
        only.
        """
        normalized = (BatchNormalization(momentum=0.6, scale=False), Activation(function="silu"))
        layers: list[Layer] = [Conv2D(filters=24, kernel_size=2, activation="silu")]
        for filters in (64, 256, 256):
            convolution = Conv2D(filters=filters, padding="same", activation="linear", use_bias=False)
            layers += [convolution, MaxPooling2D(), *normalized, convolution, *normalized]
        layers += [GlobalMaxPooling2D(), Dense(units=CLASSES, activation="linear", use_bias=False)]
        return cls(layers=tuple(layers), input_scaling="standard")

    def trace(self) -> Trace:
        """Follow one image through the stack as far as it goes; never raises."""
        rows: list[LayerRow] = []
        try:
            rows.extend(_trace(self))
        except _Broken as broken:
            return Trace(rows=broken.rows, error=broken.error)
        return Trace(rows=tuple(rows), error=None)

    def rows(self) -> list[LayerRow]:
        """Return the layer table, of a network that is too large for a new run too: earlier runs may be.

        Raises:
            ArchitectureError: the stack cannot be built; its `layer` says where it breaks.
        """
        trace = self.trace()
        if trace.error is not None and not isinstance(trace.error, TooLargeError):
            raise trace.error
        return list(trace.rows)

    def check(self) -> None:
        """Make sure that a new run may have this network.

        Raises:
            ArchitectureError: the stack cannot be built; its `layer` says where it breaks.
            TooLargeError: it could be built, but its layers' outputs fill too much memory.
        """
        if error := self.trace().error:
            raise error

    @property
    def parameter_count(self) -> int:
        """The number of parameters of all layers."""
        return sum(row.parameters for row in self.rows())

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds one image costs."""
        return sum(row.multiply_adds for row in self.rows())

    @property
    def activation_bytes(self) -> int:
        """The float32 size of all layers' outputs for one image."""
        return sum(row.memory_bytes for row in self.rows())

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types that `from_json` understands."""
        return {"input_scaling": self.input_scaling, "layers": [_layer_to_json(layer) for layer in self.layers]}

    @classmethod
    def from_json(cls, value: dict[str, Any] | str) -> "Architecture":
        """Build from `to_json`'s dict, or from its text.

        Raises:
            ArchitectureError: it does not describe a network.
        """
        try:
            data = json.loads(value) if isinstance(value, str) else value
            layers = tuple(_layer_from_json(layer) for layer in data["layers"])
            return cls(layers=layers, input_scaling=data.get("input_scaling", "unit"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArchitectureError(
                f"Expected a network as Convscope saves it. Received something else ({error}). Build it anew."
            ) from error

    def to_text(self) -> str:
        """Return the network in a few characters that need no quoting in a URL.

        Example:
            >>> Architecture.tutorial().to_text()
            'u-c32-m2-c32-m2-c64-f-d64-d10l'
        """
        return "-".join([self.input_scaling[0], *(_layer_to_text(layer) for layer in self.layers)])

    @classmethod
    def from_text(cls, text: str) -> "Architecture":
        """Build from `to_text`'s text.

        Raises:
            ArchitectureError: a piece of the text is no layer; its `layer` says which.
        """
        if len(text) > 2000:
            raise ArchitectureError("Expected at most 2,000 characters. Received more. Build a smaller network.")
        head, _, rest = text.partition("-")
        scalings: dict[str, InputScaling] = {"u": "unit", "s": "standard"}
        if head not in scalings:
            raise ArchitectureError(
                f'Expected a network that begins with "u" or "s". Received "{head[:20]}". Start from the tutorial\'s.'
            )
        return cls(layers=tuple(_layers_from_text(rest)), input_scaling=scalings[head])


def initial_seeds(architecture: Architecture, seed: int) -> dict[str, int]:
    """Return the seed of the random numbers of every layer that draws any, by the layer's name."""
    seeds = np.random.SeedSequence(seed)
    return {
        row.name: int(seeds.spawn(1)[0].generate_state(1)[0] >> 1)
        for row in architecture.rows()
        if row.kind in ("Conv2D", "Dense", "Dropout")
    }


# What a layer does to one image


@dataclass(frozen=True, slots=True)
class _State:
    """What flows between layers: the shape, and how far one value sees (receptive field) and steps (jump).

    `start` is the first row that the first value sees, negative in padding; `seen` is how many rows all values together
    see: windows that do not fit leave out the last ones.
    """

    shape: Shape
    field: int = 1
    jump: int = 1
    start: int = 0
    seen: int = 0

    def slid(self, shape: Shape, window: int, strides: int, padding: Padding) -> "_State":
        """Return the state after a window has slid over these values, in as many places as `shape` says."""
        size, places = self.shape[0], shape[0]
        before = max(0, (places - 1) * strides + window - size) // 2 if padding == "same" else 0
        last = min(size, (places - 1) * strides + window - before) - 1
        return _State(
            shape,
            self.field + (window - 1) * self.jump,
            self.jump * strides,
            self.start - before * self.jump,
            min(self.seen, self.start + last * self.jump + self.field),
        )

    def mixed(self, outputs: int) -> "_State":
        """Return the state of a vector of which every number depends on all these values."""
        return _State((outputs,), self.seen, self.seen, seen=self.seen)


@dataclass(frozen=True, slots=True)
class _Effect:
    state: _State
    parameters: int = 0
    frozen: int = 0
    formula: str = "0"
    multiply_adds: int = 0


class _Broken(Exception):
    def __init__(self, rows: Sequence[LayerRow], error: ArchitectureError) -> None:
        super().__init__(str(error))
        self.rows, self.error = tuple(rows), error


def _trace(architecture: Architecture) -> list[LayerRow]:
    rows: list[LayerRow] = []
    names = _Names()
    state = _State(architecture.input_shape, seen=max(architecture.input_shape[:2]))

    def add(kind: str, effect: _Effect, layer: int, inside: int | None = None) -> _State:
        rows.append(_row(names.of(kind), kind, effect, layer, inside))
        return effect.state

    index = -1
    try:
        if architecture.input_scaling == "standard":
            state = add("Rescaling", _Effect(state, multiply_adds=prod(state.shape)), -1)
        count = sum(len(layer.layers) + 1 if isinstance(layer, Residual) else 1 for layer in architecture.layers)
        if not 1 <= count <= MAX_LAYERS:
            index = len(architecture.layers) - 1
            raise ArchitectureError(f"Expected 1 to {MAX_LAYERS} layers. Received {count}. Add or remove layers.")
        for index, layer in enumerate(architecture.layers):
            if isinstance(layer, Residual):
                branch = state
                for inside, inner in enumerate(layer.layers):
                    branch = add(type(inner).__name__, _apply(inner, branch, architecture), index, inside)
                state = add("Add", _Effect(_added(state, branch)), index)
            else:
                state = add(type(layer).__name__, _apply(layer, state, architecture), index)
        _check_whole(architecture, rows)
    except ArchitectureError as error:
        layer_index = index if error.layer is None else error.layer
        raise _Broken(rows, type(error)(str(error), layer=layer_index)) from error
    return rows


def _row(name: str, kind: str, effect: _Effect, layer: int, inside: int | None) -> LayerRow:
    return LayerRow(
        name=name,
        kind=kind,
        output_shape=effect.state.shape,
        parameters=effect.parameters,
        trainable_parameters=effect.parameters - effect.frozen,
        formula=effect.formula,
        multiply_adds=effect.multiply_adds,
        memory_bytes=4 * prod(effect.state.shape),
        receptive_field=effect.state.field,
        layer=layer,
        inside=inside,
    )


class _Names:
    """Counts names as Keras does: conv2d, conv2d_1, conv2d_2, ..."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def of(self, kind: str) -> str:
        number = self._count.get(kind, 0)
        self._count[kind] = number + 1
        return KERAS_NAMES[kind] + (f"_{number}" if number else "")


def _apply(layer: Layer, state: _State, architecture: Architecture) -> _Effect:
    """Return what `layer` does to values of `state`."""
    match layer:
        case Conv2D():
            return _convolved(layer, state)
        case MaxPooling2D() | AveragePooling2D():
            return _pooled(layer, state)
        case BatchNormalization():
            channels, each = state.shape[-1], 4 if layer.scale else 3
            count = each * channels
            work = prod(state.shape)
            return _Effect(state, count, 2 * channels, f"{each} x {channels:,} = {count:,}", work)
        case ReLU() | Activation() | Dropout():
            return _Effect(state)
        case Flatten():
            return _Effect(replace(state, shape=(prod(state.shape),)))
        case GlobalAveragePooling2D() | GlobalMaxPooling2D():
            _need_maps(layer, state)
            return _Effect(state.mixed(state.shape[-1]))
        case Dense():
            return _dense(layer, state)
        case _:
            raise ArchitectureError(f"Expected a layer. Received {type(layer).__name__}. Choose a kind from the list.")


def _need_maps(layer: Layer, state: _State) -> None:
    if len(state.shape) != 3:
        raise ArchitectureError(
            f"Expected feature maps (height, width, channels) before {type(layer).__name__}. "
            f"Received a vector of {state.shape[0]:,} numbers. Put it before Flatten, global pooling and Dense."
        )


def _convolved(layer: Conv2D, state: _State) -> _Effect:
    _need_maps(layer, state)
    height, width, channels = state.shape
    size = layer.kernel_size
    out = tuple(_steps(layer, n, size, layer.strides, layer.padding) for n in (height, width))
    weights = size * size * channels
    count = (weights + layer.use_bias) * layer.filters
    taps = f"{size} x {size} x {channels:,}"
    formula = f"({taps} + 1) x {layer.filters}" if layer.use_bias else f"{taps} x {layer.filters}"
    return _Effect(
        state.slid((*out, layer.filters), size, layer.strides, layer.padding),
        count,
        0,
        f"{formula} = {count:,}",
        out[0] * out[1] * weights * layer.filters,
    )


def _pooled(layer: MaxPooling2D | AveragePooling2D, state: _State) -> _Effect:
    _need_maps(layer, state)
    strides = layer.strides or layer.pool_size
    height, width = (_steps(layer, n, layer.pool_size, strides, layer.padding) for n in state.shape[:2])
    return _Effect(state.slid((height, width, state.shape[2]), layer.pool_size, strides, layer.padding))


def _steps(layer: Layer, size: int, window: int, strides: int, padding: Padding) -> int:
    """Return in how many places a window stands along one side."""
    if padding == "same":
        return -(-size // strides)
    if window > size:
        raise ArchitectureError(
            f"Expected feature maps of at least {window} x {window} pixels for this {type(layer).__name__}. "
            f'Received {size} x {size}. Use padding "same", a smaller window, or fewer poolings before it.'
        )
    return (size - window) // strides + 1


def _dense(layer: Dense, state: _State) -> _Effect:
    if len(state.shape) != 1:
        raise ArchitectureError(
            f"Expected a vector before Dense. Received feature maps {_by(state.shape)}. "
            "Put Flatten or a global pooling before it."
        )
    inputs = state.shape[0]
    count = (inputs + layer.use_bias) * layer.units
    terms = f"({inputs:,} + 1)" if layer.use_bias else f"{inputs:,}"
    return _Effect(state.mixed(layer.units), count, 0, f"{terms} x {layer.units:,} = {count:,}", inputs * layer.units)


def _added(shortcut: _State, branch: _State) -> _State:
    if shortcut.shape != branch.shape:
        raise ArchitectureError(
            f"Expected the branch of a residual block to keep its input's shape {_by(shortcut.shape)}. "
            f'Received {_by(branch.shape)}. Use padding "same", strides 1 and {shortcut.shape[-1]} filters at its end.'
        )
    return replace(
        branch,
        field=max(shortcut.field, branch.field),
        start=min(shortcut.start, branch.start),
        seen=max(shortcut.seen, branch.seen),
    )


def _check_whole(architecture: Architecture, rows: Sequence[LayerRow]) -> None:
    last = architecture.layers[-1]
    if rows[-1].output_shape != (CLASSES,) or not isinstance(last, Dense) or last.activation != "linear":
        raise ArchitectureError(
            f"Expected the last layer to be Dense with {CLASSES} units and no activation: one logit a class. "
            f"Received {type(last).__name__} with output {_by(rows[-1].output_shape)}. Add such a layer at the end."
        )
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
        layer=max(breaks.layer, 0),
    )


def _by(shape: Shape) -> str:
    return " x ".join(f"{n:,}" for n in shape)


# JSON and text


def _layer_to_json(layer: Layer) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": type(layer).__name__}
    for field in fields(layer):
        value = getattr(layer, field.name)
        data[field.name] = [_layer_to_json(inner) for inner in value] if isinstance(layer, Residual) else value
    return data


def _layer_from_json(data: dict[str, Any]) -> Layer:
    options = dict(data)
    kind = LAYER_KINDS[options.pop("kind")]
    if kind is Residual:
        return Residual(layers=tuple(_layer_from_json(inner) for inner in options["layers"]))
    return kind(**options)


def _layer_to_text(layer: Layer) -> str:
    match layer:
        case Conv2D():
            kernel = f"k{layer.kernel_size}" if layer.kernel_size != 3 else ""
            strides = f"s{layer.strides}" if layer.strides != 1 else ""
            return f"c{layer.filters}{kernel}{strides}" + _flags(layer)
        case MaxPooling2D() | AveragePooling2D():
            letter = "m" if isinstance(layer, MaxPooling2D) else "a"
            strides = f"s{layer.strides}" if layer.strides else ""
            return f"{letter}{layer.pool_size}{strides}" + ("p" if layer.padding == "same" else "")
        case BatchNormalization():
            momentum = "" if layer.momentum == 0.9 else f"{layer.momentum:g}"
            return f"n{momentum}" + ("" if layer.scale else "u")
        case Activation():
            return f"t{_ACTIVATION_LETTERS[layer.function]}"
        case Dropout():
            return f"o{layer.rate:g}"
        case Dense():
            return f"d{layer.units}" + _flags(layer)
        case Residual():
            return "(" + "-".join(_layer_to_text(inner) for inner in layer.layers) + ")"
        case _:
            return _LETTERS[type(layer)]


_ACTIVATIONS: dict[str, ActivationName] = {"": "relu", "l": "linear", "g": "gelu", "w": "silu"}
_SMOOTH_ACTIVATIONS: dict[str, SmoothActivation] = {"g": "gelu", "w": "silu"}
_ACTIVATION_LETTERS: dict[str, str] = {name: letter for letter, name in _ACTIVATIONS.items()}
_LETTERS: dict[type, str] = {ReLU: "r", Flatten: "f", GlobalAveragePooling2D: "ga", GlobalMaxPooling2D: "gm"}


def _flags(layer: Conv2D | Dense) -> str:
    same = "p" if isinstance(layer, Conv2D) and layer.padding == "same" else ""
    return same + _ACTIVATION_LETTERS[layer.activation] + ("" if layer.use_bias else "b")


_CONV = re.compile(r"c(\d{1,4})(?:k(\d{1,2}))?(?:s(\d{1,2}))?(p?)([lgw]?)(b?)")
_POOL = re.compile(r"([ma])(\d{1,2})(?:s(\d{1,2}))?(p?)")
_DENSE = re.compile(r"d(\d{1,4})([lgw]?)(b?)")
_NORMALIZATION = re.compile(r"n(\d*\.?\d{0,6})(u?)")
_DROPOUT = re.compile(r"o(\d*\.?\d{0,6})")
_ACTIVATION = re.compile(r"t([gw])")


def _layers_from_text(text: str) -> Iterator[Layer]:
    block: list[Layer] | None = None
    index = 0
    for piece in text.split("-"):
        opens, body, closes = piece.startswith("("), piece.strip("()"), piece.endswith(")")
        try:
            layer = _layer_from_text(body)
        except (ArchitectureError, ValueError) as error:
            raise ArchitectureError(str(error), layer=index) from error
        if opens:
            block = []
        if block is None:
            yield layer
            index += 1
            continue
        block.append(layer)
        if closes:
            yield Residual(layers=tuple(block))
            block, index = None, index + 1
    if block is not None:
        raise ArchitectureError('Expected a ")" after a residual block. Received none. Close the block.', layer=index)


def _layer_from_text(piece: str) -> Layer:
    def padding(letter: str) -> Padding:
        return "same" if letter else "valid"

    if found := _CONV.fullmatch(piece):
        filters, size, strides, same, activation, unbiased = found.groups()
        return Conv2D(
            filters=int(filters),
            kernel_size=int(size or 3),
            strides=int(strides or 1),
            padding=padding(same),
            activation=_ACTIVATIONS[activation],
            use_bias=not unbiased,
        )
    if found := _POOL.fullmatch(piece):
        letter, size, strides, same = found.groups()
        kind = MaxPooling2D if letter == "m" else AveragePooling2D
        return kind(pool_size=int(size), strides=int(strides) if strides else None, padding=padding(same))
    if found := _DENSE.fullmatch(piece):
        units, activation, unbiased = found.groups()
        return Dense(units=int(units), activation=_ACTIVATIONS[activation], use_bias=not unbiased)
    if found := _NORMALIZATION.fullmatch(piece):
        number, unscaled = found.groups()
        return BatchNormalization(momentum=float(number or 0.9), scale=not unscaled)
    if found := _DROPOUT.fullmatch(piece):
        return Dropout(rate=float(found[1])) if found[1] else Dropout()
    if found := _ACTIVATION.fullmatch(piece):
        return Activation(function=_SMOOTH_ACTIVATIONS[found[1]])
    for plain, letters in _LETTERS.items():
        if piece == letters:
            return plain()
    raise ArchitectureError(f'Expected a layer such as "c32" or "m2". Received "{piece[:20]}". Correct the link.')
