"""Where a kernel stands and how large its output is: padding, stride, dilation and border, along one axis at a time."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.errors import KernelError

Padding = Literal["none", "same", "custom"]
Border = Literal["zero", "reflect", "wrap", "edge"]

PADDINGS: tuple[Padding, ...] = get_args(Padding)
BORDERS: tuple[Border, ...] = get_args(Border)
NUMPY_BORDER = {"zero": "constant", "reflect": "reflect", "wrap": "wrap", "edge": "edge"}
"""Our border names and the `mode` that `np.pad` knows them by (SciPy calls NumPy's `reflect` "mirror")."""

MAX_STRIDE, MAX_DILATION, MAX_PADDING = 4, 4, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """How a kernel moves over an image.

    Attributes:
        stride: step from one position to the next, in pixels, 1 to `MAX_STRIDE`.
        padding: "none" (Keras calls it valid), "same" (as Keras places it) or "custom".
        custom_padding: pixels added on every side where `padding` is "custom".
        dilation: distance between neighboring taps of the kernel, in pixels, 1 to `MAX_DILATION`.
        border: what the added pixels hold.
    """

    stride: int = 1
    padding: Padding = "same"
    custom_padding: int = 1
    dilation: int = 1
    border: Border = "zero"

    def __post_init__(self) -> None:
        _check_range("stride", self.stride, 1, MAX_STRIDE)
        _check_range("dilation", self.dilation, 1, MAX_DILATION)
        _check_range("custom padding", self.custom_padding, 0, MAX_PADDING)
        _check_choice("padding", self.padding, PADDINGS)
        _check_choice("border", self.border, BORDERS)

    def span(self, kernel_size: int) -> int:
        """Return how many pixels a kernel of `kernel_size` taps covers: dilation * (kernel_size - 1) + 1."""
        return self.dilation * (kernel_size - 1) + 1

    def pads(self, size: int, kernel_size: int) -> tuple[int, int]:
        """Return the pixels added before and after an axis of `size` pixels.

        "same" follows TensorFlow: as many as make the output ceil(size / stride), the odd one at the end.

        >>> Geometry(padding="same", stride=2).pads(32, 3)
        (0, 1)
        """
        if self.padding == "none":
            return 0, 0
        if self.padding == "custom":
            return self.custom_padding, self.custom_padding
        wanted = -(-size // self.stride)
        total = max((wanted - 1) * self.stride + self.span(kernel_size) - size, 0)
        return total // 2, total - total // 2

    def output_size(self, size: int, kernel_size: int) -> int:
        """Return the output pixels along an axis: floor((size + padding - span) / stride) + 1.

        >>> Geometry(padding="none").output_size(32, 3)
        30

        Raises:
            KernelError: the kernel spans more pixels than the padded image has.
        """
        before, after = self.pads(size, kernel_size)
        room = size + before + after - self.span(kernel_size)
        if room < 0:
            raise KernelError(
                f"Expected a kernel that fits into {size + before + after} pixels. "
                f"Received one that spans {self.span(kernel_size)} ({kernel_size} taps, dilation {self.dilation}). "
                "Choose a smaller kernel, less dilation or more padding."
            )
        return room // self.stride + 1


def pad(image: NDArray[np.float64], geometry: Geometry, kernel_shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return `image` of shape (height, width) with its border added."""
    widths = [geometry.pads(size, taps) for size, taps in zip(image.shape, kernel_shape, strict=True)]
    return np.pad(image, widths, mode=NUMPY_BORDER[geometry.border])  # type: ignore[call-overload]


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not low <= value <= high:
        raise KernelError(
            f"Expected a {name} from {low} to {high}. Received {value!r}. Choose a whole number in that range."
        )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise KernelError(f"Expected one of {', '.join(choices)} as {name}. Received {value!r}. Choose one of them.")
