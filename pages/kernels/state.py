"""What is set on the stage: color mode, kernel, options, display and place; and its short text in the URL."""

import math
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.addressed import number, whole
from core.errors import KernelError
from core.ops import kernels
from core.ops.convolution import Operation, check_kernel, check_number
from core.ops.geometry import Border, Geometry, Padding

Color = Literal["red", "green", "blue", "gray", "each", "filter"]
Display = Literal["clamp", "signed", "absolute", "auto"]

COLORS: tuple[Color, ...] = get_args(Color)
DISPLAYS: tuple[Display, ...] = get_args(Display)
_LONGEST = 8_000  # three kernels of 7 x 7 with all their digits take half of it
_FLAGS = {"0": False, "1": True}
_KEYS = {
    "kernel": ("kernels",), "color": ("color",), "stride": ("stride",), "padding": ("padding",), "pad": ("custom",),
    "dilation": ("dilation",), "border": ("border",), "bias": ("bias",), "relu": ("relu",), "flip": ("flip",),
    "display": ("display",), "at": ("row", "column"),
}  # fmt: skip


def flat(kernel: ArrayLike) -> tuple[float, ...]:
    """Return the weights of a square kernel row by row."""
    return tuple(float(weight) for weight in np.ravel(kernel))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageState:
    """One setting of the stage; the default is the tutorial's: its edge kernel, `convolve2d`, "same", shown in 0..1.

    Attributes:
        color: which channels the kernel works on; "each" gives three maps, "filter" adds three maps up to one.
        kernels: one kernel, or three where `color` is "filter"; each its weights row by row.
        stride, padding, custom, dilation, border: as in `core.ops.geometry.Geometry`.
        bias, relu, flip: as in `core.ops.convolution.Operation`; flip means convolution.
        display: which values are black and white.
        row, column: the marked output pixel.
    """

    color: Color = "red"
    kernels: tuple[tuple[float, ...], ...] = (flat(kernels.TUTORIAL_EDGE),)
    stride: int = 1
    padding: Padding = "same"
    custom: int = 1
    dilation: int = 1
    border: Border = "zero"
    bias: float = 0.0
    relu: bool = False
    flip: bool = True
    display: Display = "clamp"
    row: int = 7
    column: int = 17

    @property
    def taps(self) -> int:
        """Height and width of the kernel."""
        return math.isqrt(len(self.kernels[0]))

    @property
    def operation(self) -> Operation:
        """The options, as `core.ops` takes them."""
        geometry = Geometry(
            stride=self.stride,
            padding=self.padding,
            custom_padding=self.custom,
            dilation=self.dilation,
            border=self.border,
        )
        return Operation(geometry=geometry, flip=self.flip, bias=self.bias, relu=self.relu)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The kernels, float64 (taps, taps, 1 or 3)."""
        return np.stack([np.reshape(kernel, (self.taps, self.taps)) for kernel in self.kernels], axis=-1)

    def data(self) -> dict[str, Any]:
        """Return the state as JSON for the browser."""
        return asdict(self)


TUTORIAL = StageState()
"""What the page opens with."""

NINE = replace(
    TUTORIAL, kernels=(flat(kernels.TUTORIAL_EXAMPLE),), padding="none", flip=False, display="auto", row=0, column=0
)
"""The worked example: 0*0 + 1*1 + 3*2 + 4*3 = 19."""


def write(state: StageState, usual: StageState = TUTORIAL) -> str:
    """Return a state as short text, for example "kernel_sobel-x.3_stride_2_at_5.7": what differs from the usual one.

    A kernel is its name and size, or its weights row by row; of a filter whose channels differ, channel after channel.

    >>> write(replace(TUTORIAL, stride=2, bias=0.5))
    'stride_2_bias_0.5'
    """
    parts = []
    for key, names in _KEYS.items():
        words, usually = (_words(each, key, names) for each in (state, usual))
        if words != usually:
            parts += [key, *words]
    return "_".join(parts)


def _words(state: StageState, key: str, names: tuple[str, ...]) -> list[str]:
    if key == "kernel":
        first, *others = state.kernels
        if any(kernel != first for kernel in others):
            return [_number(weight) for kernel in state.kernels for weight in kernel]
        name = _names().get(first)
        return [name] if name else [_number(weight) for weight in first]
    values = [getattr(state, name) for name in names]
    return [".".join(value if isinstance(value, str) else _number(value) for value in values)]


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


@cache
def _names() -> dict[tuple[float, ...], str]:
    """Return "name.size" of the named kernels by their weights."""
    named = ((f"{name}.{size}", each.make(size)) for name, each in kernels.KERNELS.items() for size in each.sizes)
    return {flat(weights): name for name, weights in reversed(list(named))}


def read(text: str, usual: StageState = TUTORIAL) -> StageState:
    """Return the state of the text that `write` writes; what is missing is as usual.

    >>> read("stride_2_bias_0.5").stride
    2

    Raises:
        KernelError: a part of the text makes no sense.
    """
    if len(text) > _LONGEST:
        raise KernelError(f"Expected at most {_LONGEST:,} characters for the stage. Received {len(text):,}.")
    state, parts = usual, _parts(text)
    for key in sorted(parts, key=lambda key: key != "color"):  # color first: it decides how many kernels there are
        try:
            state = replace(state, **_change(state, key, parts[key]))
        except (ValueError, KeyError) as error:
            raise KernelError(f"“{'_'.join([key, *parts[key]]):.40}” makes no sense here.") from error
    expected = 3 if state.color == "filter" else 1
    return state if len(state.kernels) == expected else replace(state, kernels=(state.kernels[0],) * expected)


def heard(data: object) -> StageState:
    """Return the state that `StageState.data` is the JSON of, as a browser tells it.

    Raises:
        KernelError: it is none.
    """
    try:
        values: dict[str, Any] = dict(data)  # type: ignore[call-overload]
        return read(write(StageState(**values | {"kernels": tuple(map(tuple, values["kernels"]))})))
    except (TypeError, ValueError, KeyError, OverflowError, IndexError) as error:
        raise KernelError("Expected a setting of the stage. Received something else.") from error


def _parts(text: str) -> dict[str, list[str]]:
    """Split the text at its keys: {"kernel": ["sobel-x.3"], "stride": ["2"]}."""
    parts: dict[str, list[str]] = {}
    words: list[str] | None = None
    for word in text.split("_") if text else []:
        if word in _KEYS:
            words = parts.setdefault(word, [])
        elif words is None:
            raise KernelError(f"“{word:.40}” says nothing to the stage.")
        else:
            words.append(word)
    return parts


def _change(state: StageState, key: str, words: list[str]) -> dict[str, Any]:
    if key == "kernel":
        return {"kernels": _kernels(words, state.color)}
    (word,) = words
    (name, *_) = _KEYS[key]
    if key == "at":
        row, column = word.split(".")
        return {"row": _whole(row), "column": _whole(column)}
    if key in ("relu", "flip"):
        return {key: _FLAGS[word]}
    if key == "bias":
        bias = number(word)
        check_number("bias", bias)
        return {"bias": bias}
    value: Any = _whole(word) if key in ("stride", "pad", "dilation") else word
    choices = {"color": COLORS, "display": DISPLAYS}.get(key)
    if choices and word not in choices:
        raise KernelError(f"Expected one of {', '.join(choices)}.")
    changes: dict[str, Any] = {name: value}
    _ = replace(state, **changes).operation  # refuses what is out of range
    return changes


def _kernels(words: list[str], color: Color) -> tuple[tuple[float, ...], ...]:
    name, _, size = words[0].partition(".") if words else ("", "", "")
    if len(words) == 1 and name in kernels.KERNELS:
        return (flat(kernels.kernel(name, _whole(size))),)
    numbers = [number(word) for word in words]
    counts = (1, 3) if color == "filter" else (1,)  # one kernel for all three channels, or three
    sizes = {taps * taps * count: taps for count in counts for taps in kernels.SIZES}
    if len(numbers) not in sizes:
        raise KernelError(
            f"Expected the name of a kernel, or {', '.join(map(str, sizes))} weights. Received {len(numbers)}."
        )
    check_kernel(np.reshape(numbers, (1, -1)))
    weights = sizes[len(numbers)] ** 2
    return tuple(tuple(numbers[start : start + weights]) for start in range(0, len(numbers), weights))


def _whole(word: str) -> int:
    try:
        return whole(word, 0, 999_999)
    except ValueError as error:
        raise KernelError(f"Expected a whole number. Received “{word:.20}”.") from error
