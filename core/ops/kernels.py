"""Kernels with a name, by family, and what can be done to a kernel.

Their weights are written for cross-correlation, as `Conv2D` computes it: "to the right" means the larger column.
Convolution turns a kernel by 180 degrees first, so what is said of one that looks different then has two forms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import KernelError
from core.ops.convolution import check_kernel

Kernel = NDArray[np.float64]

SIZES = (1, 2, 3, 5, 7)
"""The sizes the laboratory offers; 2 is there for the tutorial's worked example."""

TUTORIAL_EDGE = np.array([[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]])
"""The tutorial calls it random; it is a Laplacian edge detector."""

TUTORIAL_EXAMPLE = np.array([[0.0, 1.0], [2.0, 3.0]])
"""The kernel of the worked example 0*0 + 1*1 + 3*2 + 4*3 = 19."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKernel:
    """A kernel people have a name for.

    Attributes:
        name: key in the registry and the URL.
        family: the group it is listed under.
        title: what a visitor reads.
        sentence: what it does in cross-correlation.
        turned: what it does in convolution; the same for a kernel that looks the same turned by 180 degrees.
        source: where it comes from.
        sizes: the sizes it makes sense in.
        make: from a size to the weights, float64 (size, size).
    """

    name: str
    family: str
    title: str
    sentence: str
    turned: str
    source: str
    sizes: tuple[int, ...]
    make: Callable[[int], Kernel]


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


def _identity(size: int) -> Kernel:
    weights = np.zeros((size, size))
    weights[size // 2, size // 2] = 1.0
    return weights


def _box(size: int) -> Kernel:
    return np.full((size, size), 1.0 / size**2)


def _binomial(size: int) -> Kernel:  # one row of Pascal's triangle, shape (size,)
    return np.array([comb(size - 1, tap) for tap in range(size)], dtype=np.float64)


def _gaussian(size: int) -> Kernel:
    row = _binomial(size) / 2 ** (size - 1)
    return np.outer(row, row)


def _line_blur(size: int, *, diagonal: bool) -> Kernel:
    weights = np.zeros((size, size))
    if diagonal:
        np.fill_diagonal(weights, 1.0 / size)
    else:
        weights[size // 2] = 1.0 / size
    return weights


def _sharpen(size: int) -> Kernel:
    return _identity(size) - _laplacian(size)


def _unsharp(size: int) -> Kernel:
    return 2.0 * _identity(size) - _gaussian(size)


def _surround(size: int) -> Kernel:
    weights = np.full((size, size), -1.0)
    weights[size // 2, size // 2] = size**2 - 1.0
    return weights


def _laplacian(size: int) -> Kernel:
    weights = np.zeros((size, size))
    middle = size // 2
    weights[middle, [0, -1]] = weights[[0, -1], middle] = 1.0
    weights[middle, middle] = -4.0
    return weights


def _laplacian_of_gaussian(size: int) -> Kernel:
    sigma = size / 5.0
    y, x = _grid(size)
    distance = (x**2 + y**2) / (2 * sigma**2)
    weights = (distance - 1.0) * np.exp(-distance)
    return _balanced(weights)


def _balanced(weights: Kernel) -> Kernel:  # sum 0, magnitudes about 1, three decimals to read
    centered = weights - weights.mean()
    rounded = np.round(centered / np.abs(centered).max(), 3)
    middle = len(rounded) // 2
    rounded[middle, middle] -= rounded.sum()
    balanced: Kernel = np.round(rounded, 3)
    return balanced


def _gradient(size: int, smoothing: Callable[[int], Kernel], *, down: bool) -> Kernel:
    smooth = smoothing(size)
    slope = np.convolve(_binomial(size - 2) if size > 3 else [1.0], [-1.0, 0.0, 1.0])
    weights = np.outer(smooth, slope)
    return weights.T.copy() if down else weights


def _scharr_row(size: int) -> Kernel:
    return np.array([3.0, 10.0, 3.0])


def _fixed(rows: list[list[float]], size: int) -> Kernel:
    return np.array(rows, dtype=np.float64)


def _line(degrees: int, size: int) -> Kernel:
    y, x = _grid(size)
    turn = np.deg2rad(degrees)
    across = np.abs(x * np.sin(turn) + y * np.cos(turn))  # distance from a line that rises to the right
    on_line = across < 0.5
    return np.where(on_line, (size * size - on_line.sum()) / on_line.sum(), -1.0)


def _gabor(degrees: int, size: int) -> Kernel:
    y, x = _grid(size)
    turn = np.deg2rad(degrees)
    across = x * np.sin(turn) + y * np.cos(turn)
    wavelength, sigma = size * 0.6, size * 0.28
    weights = np.exp(-(x**2 + y**2) / (2 * sigma**2)) * np.cos(2 * np.pi * across / wavelength)
    return _balanced(weights)


def _grid(size: int) -> tuple[Kernel, Kernel]:
    offsets = np.arange(size) - size // 2
    y, x = np.meshgrid(offsets, offsets, indexing="ij")
    return y.astype(np.float64), x.astype(np.float64)


_BURT = "Burt and Adelson, The Laplacian pyramid as a compact image code, 1983"
_GONZALEZ = "Gonzalez and Woods, Digital Image Processing, chapter on line detection"
_DAUGMAN = "Daugman, Uncertainty relation for resolution in space, spatial frequency and orientation, 1985"
_PREWITT = "Prewitt, Object enhancement and extraction, 1970"
_SOBEL = "Sobel and Feldman, A 3x3 isotropic gradient operator, 1968"
_SCHARR = "Scharr, Optimale Operatoren in der digitalen Bildverarbeitung, 2000"


def _entries() -> list[NamedKernel]:
    fields = ("name", "family", "title", "sentence", "source", "sizes", "make")

    def entry(*values: Any, turned: str = "") -> NamedKernel:
        named = dict(zip(fields, values, strict=True))
        return NamedKernel(**named, turned=turned or named["sentence"])

    odd = (3, 5, 7)
    arrows = {0: "level", 45: "rising", 90: "upright", 135: "falling"}
    entries = [
        entry(
            "identity", "Identity", "Identity", "Copies the pixel in the middle.", "Definition", (1, *odd), _identity
        ),
        entry("box", "Blur", "Box blur", "Averages all pixels it covers.", "Definition of the mean", (2, *odd), _box),
        entry("gaussian", "Blur", "Gaussian blur", "Averages, near pixels more than far ones.", _BURT, odd, _gaussian),
        entry(
            "motion-level",
            "Blur",
            "Motion blur, level",
            "Smears as a camera moving sideways does.",
            "Definition of the mean along a row",
            odd,
            partial(_line_blur, diagonal=False),
        ),
        entry(
            "motion-falling",
            "Blur",
            "Motion blur, diagonal",
            "Smears as a camera moving down to the right does.",
            "Definition of the mean along a diagonal",
            odd,
            partial(_line_blur, diagonal=True),
        ),
        entry(
            "sharpen",
            "Sharpen",
            "Sharpen",
            "Adds to each pixel how much it differs from its four neighbors.",
            "Identity minus Laplacian",
            (3,),
            _sharpen,
        ),
        entry(
            "unsharp",
            "Sharpen",
            "Unsharp mask",
            "Adds back what a blur takes away.",
            "Darkroom practice since the 1930s; twice the identity minus the Gaussian",
            odd,
            _unsharp,
        ),
        entry(
            "tutorial-edge",
            "Edges",
            "The tutorial's edge kernel",
            "Compares a pixel with all its neighbors; the tutorial calls it random, but it is a Laplacian.",
            "The tutorial this lesson follows",
            odd,
            _surround,
        ),
        entry(
            "laplacian",
            "Edges",
            "Laplacian",
            "Second derivative: large where brightness bends.",
            "Laplace operator by finite differences",
            (3,),
            _laplacian,
        ),
        entry(
            "log",
            "Edges",
            "Laplacian of Gaussian",
            "Blurs first, then looks for bends: less noise.",
            "Marr and Hildreth, Theory of edge detection, 1980",
            (5, 7),
            _laplacian_of_gaussian,
        ),
        entry(
            "emboss",
            "Edges",
            "Emboss",
            "Lights the picture from the upper left, like a relief.",
            "A diagonal difference added to the identity",
            (3,),
            partial(_fixed, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
            turned="Lights the picture from the lower right, like a relief.",
        ),
    ]
    for direction, down, words in (("x", False, "to the right"), ("y", True, "downwards")):
        what = f"Positive where the picture gets brighter {words}"
        opposite = f"Positive where the picture gets darker {words}"
        entries += [
            entry(
                f"sobel-{direction}",
                "Gradients",
                f"Sobel {direction}",
                f"{what}, smoothed across.",
                _SOBEL,
                odd,
                partial(_gradient, smoothing=_binomial, down=down),
                turned=f"{opposite}, smoothed across.",
            ),
            entry(
                f"prewitt-{direction}",
                "Gradients",
                f"Prewitt {direction}",
                f"{what}, averaged across.",
                _PREWITT,
                (3,),
                partial(_gradient, smoothing=np.ones, down=down),
                turned=f"{opposite}, averaged across.",
            ),
            entry(
                f"scharr-{direction}",
                "Gradients",
                f"Scharr {direction}",
                f"{what}; judges slanted edges more evenly than Sobel.",
                _SCHARR,
                (3,),
                partial(_gradient, smoothing=_scharr_row, down=down),
                turned=f"{opposite}; judges slanted edges more evenly than Sobel.",
            ),
        ]
    entries += [
        entry(
            f"line-{degrees}",
            "Oriented",
            f"Line, {word}",
            f"Answers to thin bright lines that are {word}.",
            _GONZALEZ,
            odd,
            partial(_line, degrees),
        )
        for degrees, word in arrows.items()
    ]
    entries += [
        entry(
            f"gabor-{degrees}",
            "Gabor",
            f"Gabor, {word}",
            f"Answers to stripes that are {word}, as cells of the visual cortex do.",
            _DAUGMAN,
            (5, 7),
            partial(_gabor, degrees),
        )
        for degrees, word in arrows.items()
    ]
    return entries


KERNELS: dict[str, NamedKernel] = {named.name: named for named in _entries()}
"""Every named kernel, in the order a visitor reads them."""
