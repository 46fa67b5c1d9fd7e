"""The kernels people have a name for, by family: a kernel is a row of this table.

Their weights are written for cross-correlation, as `Conv2D` computes it: "to the right" means the larger column.
Convolution turns a kernel by 180 degrees first, so what is said of one that looks different then has two forms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.ops import kernel_weights as weights

_BURT = "Burt and Adelson, The Laplacian pyramid as a compact image code, 1983"
_GONZALEZ = "Gonzalez and Woods, Digital Image Processing, chapter on line detection"
_DAUGMAN = "Daugman, Uncertainty relation for resolution in space, spatial frequency and orientation, 1985"
_PREWITT = "Prewitt, Object enhancement and extraction, 1970"
_SOBEL = "Sobel and Feldman, A 3x3 isotropic gradient operator, 1968"
_SCHARR = "Scharr, Optimale Operatoren in der digitalen Bildverarbeitung, 2000"

ODD = (3, 5, 7)
_SLOPES = {0: "level", 45: "rising", 90: "upright", 135: "falling"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKernel:
    """A kernel people have a name for.

    Attributes:
        name: key in the registry and the URL.
        family: the group it is listed under.
        title: what a visitor reads.
        sentence: what it does in cross-correlation.
        source: where it comes from.
        sizes: the sizes it makes sense in.
        make: from a size to the weights, float64 (size, size).
        turned: what it does in convolution; "": the same, for it looks the same turned by 180 degrees.
    """

    name: str
    family: str
    title: str
    sentence: str
    source: str
    sizes: tuple[int, ...]
    make: Callable[[int], weights.Kernel]
    turned: str = ""

    def __post_init__(self) -> None:
        if not self.turned:
            object.__setattr__(self, "turned", self.sentence)


_SINGLE = (
    NamedKernel(
        name="identity",
        family="Identity",
        title="Identity",
        sentence="Copies the pixel in the middle.",
        source="Definition",
        sizes=(1, *ODD),
        make=weights.identity,
    ),
    NamedKernel(
        name="box",
        family="Blur",
        title="Box blur",
        sentence="Averages all pixels it covers.",
        source="Definition of the mean",
        sizes=(2, *ODD),
        make=weights.box,
    ),
    NamedKernel(
        name="gaussian",
        family="Blur",
        title="Gaussian blur",
        sentence="Averages, near pixels more than far ones.",
        source=_BURT,
        sizes=ODD,
        make=weights.gaussian,
    ),
    NamedKernel(
        name="motion-level",
        family="Blur",
        title="Motion blur, level",
        sentence="Smears as a camera moving sideways does.",
        source="Definition of the mean along a row",
        sizes=ODD,
        make=partial(weights.line_blur, diagonal=False),
    ),
    NamedKernel(
        name="motion-falling",
        family="Blur",
        title="Motion blur, diagonal",
        sentence="Smears as a camera moving down to the right does.",
        source="Definition of the mean along a diagonal",
        sizes=ODD,
        make=partial(weights.line_blur, diagonal=True),
    ),
    NamedKernel(
        name="sharpen",
        family="Sharpen",
        title="Sharpen",
        sentence="Adds to each pixel how much it differs from its four neighbors.",
        source="Identity minus Laplacian",
        sizes=(3,),
        make=weights.sharpen,
    ),
    NamedKernel(
        name="unsharp",
        family="Sharpen",
        title="Unsharp mask",
        sentence="Adds back what a blur takes away.",
        source="Darkroom practice since the 1930s; twice the identity minus the Gaussian",
        sizes=ODD,
        make=weights.unsharp,
    ),
    NamedKernel(
        name="tutorial-edge",
        family="Edges",
        title="The tutorial's edge kernel",
        sentence="Compares a pixel with all its neighbors; the tutorial calls it random, but it is a Laplacian.",
        source="The tutorial this lesson follows",
        sizes=ODD,
        make=weights.surround,
    ),
    NamedKernel(
        name="laplacian",
        family="Edges",
        title="Laplacian",
        sentence="Second derivative: large where brightness bends.",
        source="Laplace operator by finite differences",
        sizes=(3,),
        make=weights.laplacian,
    ),
    NamedKernel(
        name="log",
        family="Edges",
        title="Laplacian of Gaussian",
        sentence="Blurs first, then looks for bends: less noise.",
        source="Marr and Hildreth, Theory of edge detection, 1980",
        sizes=(5, 7),
        make=weights.laplacian_of_gaussian,
    ),
    NamedKernel(
        name="emboss",
        family="Edges",
        title="Emboss",
        sentence="Lights the picture from the upper left, like a relief.",
        source="A diagonal difference added to the identity",
        sizes=(3,),
        make=partial(weights.fixed, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        turned="Lights the picture from the lower right, like a relief.",
    ),
)


def _gradients() -> list[NamedKernel]:
    """Return a kernel for every operator and direction."""
    operators = (
        ("sobel", "Sobel", ", smoothed across.", _SOBEL, ODD, weights.binomial),
        ("prewitt", "Prewitt", ", averaged across.", _PREWITT, (3,), np.ones),
        ("scharr", "Scharr", "; judges slanted edges more evenly than Sobel.", _SCHARR, (3,), weights.scharr_row),
    )
    return [
        NamedKernel(
            name=f"{name}-{direction}",
            family="Gradients",
            title=f"{title} {direction}",
            sentence=f"Positive where the picture gets brighter {words}{how}",
            source=source,
            sizes=sizes,
            make=partial(weights.gradient, smoothing=smoothing, down=direction == "y"),
            turned=f"Positive where the picture gets darker {words}{how}",
        )
        for direction, words in (("x", "to the right"), ("y", "downwards"))
        for name, title, how, source, sizes, smoothing in operators
    ]


def _oriented() -> list[NamedKernel]:
    """Return lines, then Gabor's stripes, of every slope."""
    lines = [
        NamedKernel(
            name=f"line-{degrees}",
            family="Oriented",
            title=f"Line, {word}",
            sentence=f"Answers to thin bright lines that are {word}.",
            source=_GONZALEZ,
            sizes=ODD,
            make=partial(weights.line, degrees),
        )
        for degrees, word in _SLOPES.items()
    ]
    stripes = [
        NamedKernel(
            name=f"gabor-{degrees}",
            family="Gabor",
            title=f"Gabor, {word}",
            sentence=f"Answers to stripes that are {word}, as cells of the visual cortex do.",
            source=_DAUGMAN,
            sizes=(5, 7),
            make=partial(weights.gabor, degrees),
        )
        for degrees, word in _SLOPES.items()
    ]
    return lines + stripes


KERNELS: dict[str, NamedKernel] = {named.name: named for named in (*_SINGLE, *_gradients(), *_oriented())}
"""Every named kernel, in the order a visitor reads them."""
