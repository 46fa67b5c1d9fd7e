"""The weights of kernels that have a name, float64 (size, size), made for any size they make sense in."""

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float64]


def identity(size: int) -> Kernel:
    """Copy the pixel in the middle."""
    weights = np.zeros((size, size))
    weights[size // 2, size // 2] = 1.0
    return weights


def box(size: int) -> Kernel:
    """Weigh all pixels alike."""
    return np.full((size, size), 1.0 / size**2)


def binomial(size: int) -> Kernel:
    """Return one row of Pascal's triangle, shape (size,)."""
    return np.array([comb(size - 1, tap) for tap in range(size)], dtype=np.float64)


def gaussian(size: int) -> Kernel:
    """Weigh by the binomial numbers both ways: about a Gaussian."""
    row = binomial(size) / 2 ** (size - 1)
    return np.outer(row, row)


def line_blur(size: int, *, diagonal: bool) -> Kernel:
    """Weigh the pixels of the middle row, or of the falling diagonal, alike."""
    weights = np.zeros((size, size))
    if diagonal:
        np.fill_diagonal(weights, 1.0 / size)
    else:
        weights[size // 2] = 1.0 / size
    return weights


def sharpen(size: int) -> Kernel:
    """Take the Laplacian from the identity."""
    return identity(size) - laplacian(size)


def unsharp(size: int) -> Kernel:
    """Take a blur from twice the identity."""
    return 2.0 * identity(size) - gaussian(size)


def surround(size: int) -> Kernel:
    """Compare the middle with all its neighbors."""
    weights = np.full((size, size), -1.0)
    weights[size // 2, size // 2] = size**2 - 1.0
    return weights


def laplacian(size: int) -> Kernel:
    """Compare the middle with the four pixels at the ends of its row and column."""
    weights = np.zeros((size, size))
    middle = size // 2
    weights[middle, [0, -1]] = weights[[0, -1], middle] = 1.0
    weights[middle, middle] = -4.0
    return weights


def laplacian_of_gaussian(size: int) -> Kernel:
    """Sample the second derivative of a Gaussian."""
    sigma = size / 5.0
    y, x = grid(size)
    distance = (x**2 + y**2) / (2 * sigma**2)
    weights = (distance - 1.0) * np.exp(-distance)
    return balanced(weights)


def balanced(weights: Kernel) -> Kernel:
    """Bring weights to sum 0 and magnitudes about 1, with three decimals to read."""
    centered = weights - weights.mean()
    rounded = np.round(centered / np.abs(centered).max(), 3)
    middle = len(rounded) // 2
    rounded[middle, middle] -= rounded.sum()
    balanced: Kernel = np.round(rounded, 3)
    return balanced


def gradient(size: int, smoothing: Callable[[int], Kernel], *, down: bool) -> Kernel:
    """Differ along one axis, smooth along the other."""
    smooth = smoothing(size)
    slope = np.convolve(binomial(size - 2) if size > 3 else [1.0], [-1.0, 0.0, 1.0])
    weights = np.outer(smooth, slope)
    return weights.T.copy() if down else weights


def scharr_row(size: int) -> Kernel:
    """Return Scharr's smoothing weights, shape (3,)."""
    return np.array([3.0, 10.0, 3.0])


def fixed(rows: list[list[float]], size: int) -> Kernel:
    """Return weights given row by row."""
    return np.array(rows, dtype=np.float64)


def line(degrees: int, size: int) -> Kernel:
    """Compare a bright line of that slope, which rises to the right, with what is beside it."""
    y, x = grid(size)
    turn = np.deg2rad(degrees)
    across = np.abs(x * np.sin(turn) + y * np.cos(turn))  # distance from a line that rises to the right
    on_line = across < 0.5
    return np.where(on_line, (size * size - on_line.sum()) / on_line.sum(), -1.0)


def gabor(degrees: int, size: int) -> Kernel:
    """Sample stripes of that slope under a Gaussian."""
    y, x = grid(size)
    turn = np.deg2rad(degrees)
    across = x * np.sin(turn) + y * np.cos(turn)
    wavelength, sigma = size * 0.6, size * 0.28
    weights = np.exp(-(x**2 + y**2) / (2 * sigma**2)) * np.cos(2 * np.pi * across / wavelength)
    return balanced(weights)


def grid(size: int) -> tuple[Kernel, Kernel]:
    """Return the row and column of each place, counted from the middle."""
    offsets = np.arange(size) - size // 2
    y, x = np.meshgrid(offsets, offsets, indexing="ij")
    return y.astype(np.float64), x.astype(np.float64)
