"""What is set on the stage: color mode, kernel, options, display and place; and its short text in the URL."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def read(text: str, last_good: StageState = TUTORIAL) -> tuple[StageState, list[str]]:
    """Read a state from the text that pages/kernels/stage/address.js writes.

    Args:
        text: for example "kernel_sobel-x.3_stride_2_at_5.7"; what is missing has the tutorial's value.
        last_good: where the values come from that make no sense in `text`.

    Returns:
        The state, and one sentence for each part that was refused.

    >>> read("stride_2_bias_0.5")[0].stride
    2
    """
    if len(text) > _LONGEST:
        return last_good, [f"Expected at most {_LONGEST:,} characters for the stage. Received {len(text):,}."]
    values, complaints = _parts(text)
    state = TUTORIAL
    if "color" in values:  # first: it decides how many kernels there are
        state, complaint = _with(state, "color", values.pop("color"), last_good)
        complaints += complaint
    for key, words in values.items():
        state, complaint = _with(state, key, words, last_good)
        complaints += complaint
    expected = 3 if state.color == "filter" else 1
    if len(state.kernels) != expected:
        state = replace(state, kernels=(state.kernels[0],) * expected)
    return state, complaints


def _parts(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """Split the text at its keys: {"kernel": ["sobel-x.3"], "stride": ["2"]}."""
    parts: dict[str, list[str]] = {}
    strangers: list[str] = []
    words = strangers
    for word in text.split("_") if text else []:
        if word in _KEYS:
            words = parts.setdefault(word, [])
        else:
            words.append(word)
    return parts, [
        f"This link holds “{'_'.join(strangers):.40}”, which says nothing to the stage."
    ] if strangers else []


def _with(state: StageState, key: str, words: list[str], last_good: StageState) -> tuple[StageState, list[str]]:
    try:
        return replace(state, **_change(state, key, words)), []
    except (KernelError, ValueError, KeyError) as error:
        kept = replace(state, **{name: getattr(last_good, name) for name in _KEYS[key]})
        reason = f" {error}" if isinstance(error, KernelError) else ""
        shown = "_".join(words)
        label = "position" if key == "at" else key
        return kept, [
            f"This link asks for {label} “{shown:.40}”, which makes no sense here.{reason} The last good value stays."
        ]


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
        bias = float(word)
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
    numbers = [float(word) for word in words]
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
    if not (word.isascii() and word.isdecimal() and len(word) <= 6):
        raise KernelError(f"Expected a whole number. Received “{word:.20}”.")
    return int(word)
