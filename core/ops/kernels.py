"""Kernels by name, at random, and what can be done to a kernel; `named_kernels.py` holds those that have a name."""

import numpy as np
from numpy.typing import ArrayLike

from core.errors import KernelError
from core.ops.convolution import check_kernel
from core.ops.kernel_weights import Kernel
from core.ops.named_kernels import KERNELS

SIZES = (1, 2, 3, 5, 7)
"""The sizes the laboratory offers; 2 is there for the tutorial's worked example."""

TUTORIAL_EDGE = np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])
"""The tutorial calls it random; it is a Laplacian edge detector."""

TUTORIAL_EXAMPLE = np.array([[0.0, 1.0], [2.0, 3.0]])
"""The kernel of the worked example 0*0 + 1*1 + 3*2 + 4*3 = 19."""


def kernel(name: str, size: int) -> Kernel:
    """Return the weights of a named kernel, float64 (size, size).

    >>> kernel("sobel-x", 3)
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])

    Raises:
        KernelError: there is no such kernel, or not in this size.
    """
    named = KERNELS.get(name)
    if named is None:
        raise KernelError(
            f"Expected the name of a kernel. Received {name!r}. Choose one of {', '.join(sorted(KERNELS))}."
        )
    if size not in named.sizes:
        raise KernelError(
            f"Expected one of the sizes {', '.join(map(str, named.sizes))} for {named.title}. "
            f"Received {size}. Choose one of them."
        )
    return named.make(size)


def random_kernel(size: int, seed: int) -> Kernel:
    """Return weights drawn evenly from -1.00, -0.99 ... 1.00, the same for the same seed here and in the browser.

    The generator is mulberry32 (Tommy Ettinger, public domain), small enough to be written twice.
    """
    state = seed & 0xFFFFFFFF
    weights = []
    for _ in range(size * size):
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = _multiply32(state ^ (state >> 15), state | 1)
        mixed ^= (mixed + _multiply32(mixed ^ (mixed >> 7), mixed | 61)) & 0xFFFFFFFF
        fraction = (mixed ^ (mixed >> 14)) / 2**32
        weights.append((int(fraction * 201) - 100) / 100)
    return np.array(weights).reshape(size, size)


def normalize(weights: ArrayLike) -> Kernel:
    """Divide by the sum, so brightness is kept; weights that cancel out are divided by their magnitudes' sum."""
    array = check_kernel(weights)
    total, magnitude = float(array.sum()), float(np.abs(array).sum())
    if magnitude == 0.0:
        return array.copy()
    return array / (total if abs(total) > 1e-9 * magnitude else magnitude)


def transpose(weights: ArrayLike) -> Kernel:
    """Exchange rows and columns."""
    return check_kernel(weights).T.copy()


def rotate(weights: ArrayLike) -> Kernel:
    """Turn clockwise by 90 degrees."""
    return np.rot90(check_kernel(weights), -1).copy()


def flip(weights: ArrayLike) -> Kernel:
    """Turn by 180 degrees: what convolution does before it slides."""
    return check_kernel(weights)[::-1, ::-1].copy()


def _multiply32(a: int, b: int) -> int:
    return (a * b) & 0xFFFFFFFF
