"""Convolution and cross-correlation of one image with one kernel or filter, in float64.

The kernel stands on a patch of the image, multiplies pixel by weight, and the products add up to one output pixel.
Cross-correlation uses the kernel as it is written, which is what `Conv2D` computes; convolution turns it by 180
degrees first.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import KernelError
from core.ops.geometry import Geometry, pad

LARGEST_NUMBER = 1e6
"""The largest weight or bias accepted: beyond it, float64 sums stop being exact enough to compare."""

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in the gray image (ITU-R BT.601, the weights of Pillow's mode "L")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Everything but the kernel that decides an output pixel.

    Attributes:
        geometry: where the kernel stands.
        flip: whether the kernel is turned by 180 degrees first (convolution) or not (cross-correlation).
        bias: added to every sum.
        relu: whether negative results become zero.
    """

    geometry: Geometry = field(default_factory=Geometry)
    flip: bool = False
    bias: float = 0.0
    relu: bool = False

    def __post_init__(self) -> None:
        check_number("bias", self.bias)


def convolution(image: ArrayLike, kernel: ArrayLike, operation: Operation | None = None) -> NDArray[np.float64]:
    """Slide one kernel over one channel.

    Args:
        image: shape (height, width), any range.
        kernel: shape (kernel height, kernel width).
        operation: stride, padding, dilation, border, flip, bias and ReLU; the default is `same` cross-correlation.

    Returns:
        float64, shape (output height, output width).

    Raises:
        KernelError: an array has the wrong shape, holds a number that is not finite, or the kernel does not fit.

    >>> convolution([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]], Operation(geometry=Geometry(padding="none")))
    array([[19., 25.],
           [37., 43.]])
    """
    operation = operation or Operation()
    return finish(_weighted_sums(check_image(image), check_kernel(kernel), operation), operation)


def partial_maps(image: ArrayLike, kernels: ArrayLike, operation: Operation | None = None) -> NDArray[np.float64]:
    """Answer of each channel to its own kernel, before they are added up (no bias, no ReLU).

    Args:
        image: shape (height, width, channels).
        kernels: shape (kernel height, kernel width, channels): one filter of a `Conv2D`.
        operation: as in `convolution`.

    Returns:
        float64, shape (output height, output width, channels).
    """
    operation = operation or Operation()
    pixels = np.asarray(image, dtype=np.float64)
    weights = np.asarray(kernels, dtype=np.float64)
    if pixels.ndim != 3 or weights.ndim != 3 or pixels.shape[2] != weights.shape[2]:
        raise KernelError(
            "Expected an image and a filter with as many channels as each other. "
            f"Received shapes {pixels.shape} and {weights.shape}. Give the filter one kernel for each channel."
        )
    maps = [
        _weighted_sums(check_image(pixels[..., c]), check_kernel(weights[..., c]), operation)
        for c in range(pixels.shape[2])
    ]
    return np.stack(maps, axis=-1)


def filter_response(image: ArrayLike, kernels: ArrayLike, operation: Operation | None = None) -> NDArray[np.float64]:
    """One feature map of a `Conv2D`: the partial maps of all channels added up, plus bias, then ReLU if wished.

    Shapes as in `partial_maps`; returns float64 (output height, output width).
    """
    operation = operation or Operation()
    return finish(partial_maps(image, kernels, operation).sum(axis=-1), operation)


def finish(sums: NDArray[np.float64], operation: Operation) -> NDArray[np.float64]:
    """Add the bias to weighted sums and cut off negatives where the operation says so."""
    results = sums + operation.bias
    return np.maximum(results, 0.0) if operation.relu else results


def combine(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Return the one kernel that does what `first` and then `second` do (stride 1, no border): their full convolution.

    >>> combine([[1, 1]], [[1, -1]])
    array([[ 1.,  0., -1.]])
    """
    from scipy.signal import convolve2d

    combined: NDArray[np.float64] = convolve2d(check_kernel(first), check_kernel(second), mode="full")
    return combined


def gray(image: ArrayLike) -> NDArray[np.float64]:
    """Return the gray image, shape (height, width), of an RGB image, shape (height, width, 3), in the same range."""
    return np.asarray(image, dtype=np.float64) @ np.array(LUMA)


def check_image(image: ArrayLike) -> NDArray[np.float64]:
    """Return `image` as float64 (height, width), or say what is wrong with it."""
    array = np.asarray(image, dtype=np.float64)
    if array.ndim != 2 or array.size == 0:
        raise KernelError(
            f"Expected a 2-D image. Received shape {array.shape}. Pick one channel, for example image[..., 0]."
        )
    return array


def check_kernel(kernel: ArrayLike) -> NDArray[np.float64]:
    """Return `kernel` as float64 (height, width), or say what is wrong with it."""
    array = np.asarray(kernel, dtype=np.float64)
    if array.ndim != 2 or array.size == 0:
        raise KernelError(
            f"Expected a 2-D kernel. Received shape {array.shape}. "
            "Write it as rows of numbers, for example [[0, 1], [2, 3]]."
        )
    if not np.all(np.isfinite(array)) or np.abs(array).max() > LARGEST_NUMBER:
        raise KernelError(
            f"Expected weights from {-LARGEST_NUMBER:,.0f} to {LARGEST_NUMBER:,.0f}. "
            "Received one that is larger or not a number. Type a smaller number."
        )
    return array


def check_number(name: str, value: float) -> None:
    """Raise a `KernelError` unless `value` is a finite number of a sensible size."""
    if not np.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise KernelError(
            f"Expected a {name} from {-LARGEST_NUMBER:,.0f} to {LARGEST_NUMBER:,.0f}. "
            f"Received {value}. Type a smaller number."
        )


def _weighted_sums(
    image: NDArray[np.float64], kernel: NDArray[np.float64], operation: Operation
) -> NDArray[np.float64]:
    geometry = operation.geometry
    height, width = (geometry.output_size(n, k) for n, k in zip(image.shape, kernel.shape, strict=True))
    padded = pad(image, geometry, (kernel.shape[0], kernel.shape[1]))
    applied = kernel[::-1, ::-1] if operation.flip else kernel
    sums = np.zeros((height, width))
    for row in range(applied.shape[0]):
        for column in range(applied.shape[1]):
            top, left = row * geometry.dilation, column * geometry.dilation
            seen = padded[top :: geometry.stride, left :: geometry.stride][:height, :width]  # what this tap meets
            sums += applied[row, column] * seen
    return sums
