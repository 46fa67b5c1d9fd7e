"""A picture on the stage, and what the stage shows of it, computed by Python."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import CHANNELS, WHITE
from core.errors import KernelError
from core.ops.convolution import convolution, filter_response, gray
from pages.kernels.state import StageState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageImage:
    """A picture to slide kernels over.

    Attributes:
        pixels: uint8 (height, width, 3) or (height, width, 1).
        unit: what pixels are divided by: `WHITE` for photographs, 1 for plain numbers.
        title: what it is, for example "Training image 9: cat".
        code: Python lines that load it as `image`, float64, already divided.
        label: a word or two to show beside its choice, for example its class.
        note: a sentence to show under the stage, or "".
    """

    pixels: NDArray[np.uint8]
    unit: int
    title: str
    code: str
    label: str = ""
    note: str = ""

    @property
    def values(self) -> NDArray[np.float64]:
        """The numbers convolution works on, float64 (height, width, channels)."""
        return self.pixels / self.unit

    @property
    def high(self) -> float:
        """The value shown as white."""
        return 1.0 if self.unit == WHITE else float(self.pixels.max())


NINE_NUMBERS = StageImage(
    pixels=np.arange(9, dtype=np.uint8).reshape(3, 3, 1),
    unit=1,
    title="the numbers 0 to 8",
    code="image = np.arange(9.0).reshape(3, 3, 1)",
)


def planes(picture: StageImage, state: StageState) -> NDArray[np.float64]:
    """Return the planes the kernel works on, float64 (height, width, 1 or 3)."""
    values = picture.values
    if values.shape[2] == 1:
        return values
    if state.color in ("each", "filter"):
        return values
    if state.color == "gray":
        return gray(values)[..., None]
    channel = CHANNELS.index(state.color)
    return values[..., channel : channel + 1]


def responses(picture: StageImage, state: StageState) -> NDArray[np.float64]:
    """Return what the stage shows as output: float64 (height, width, maps), three maps in the mode "each", else one.

    Raises:
        KernelError: the kernel does not fit into the padded picture.
    """
    seen, weights, operation = planes(picture, state), state.weights, state.operation
    if state.color == "filter" and seen.shape[2] == 3:
        return filter_response(seen, weights, operation)[..., None]
    maps = [convolution(seen[..., c], weights[..., 0], operation) for c in range(seen.shape[2])]
    return np.stack(maps, axis=-1)


def misfit(picture: StageImage, state: StageState) -> str:
    """Say why the kernel cannot slide over the picture; empty where it can."""
    try:
        for size in picture.pixels.shape[:2]:
            state.operation.geometry.output_size(size, state.taps)
    except KernelError as error:
        return str(error)
    return ""
