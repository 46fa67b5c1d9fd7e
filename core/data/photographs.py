"""The two photographs that scikit-learn carries, for looking at kernels on more than 32 pixels."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.data.packages import photograph
from core.errors import DataError

PHOTOGRAPHS = {
    "china": ("china.jpg", "A temple in China (photograph by danielbuechele, CC BY 2.0)"),
    "flower": ("flower.jpg", "A dahlia (photograph by vultilion, CC BY 2.0)"),
}
"""Name to file and caption, in the order in which they are offered."""

LONGEST_SIDE = 512


def names() -> tuple[str, ...]:
    """Return the names of the photographs."""
    return tuple(PHOTOGRAPHS)


def caption(name: str) -> str:
    """Return what the photograph shows and who took it.

    Raises:
        DataError: there is no such photograph.
    """
    return _entry(name)[1]


@cache
def load(name: str) -> NDArray[np.uint8]:
    """Return a photograph, reduced to 512 pixels at its longest side.

    Args:
        name: one of `names()`.

    Returns:
        uint8 (height, width, 3), red, green, blue, range 0..255, read-only.

    Raises:
        DataError: there is no such photograph, or it is missing from the installed scikit-learn.
    """
    return photograph("sklearn", f"datasets/images/{_entry(name)[0]}", longest_side=LONGEST_SIDE)


def _entry(name: str) -> tuple[str, str]:
    if name not in PHOTOGRAPHS:
        raise DataError(
            f"Expected one of the photographs {', '.join(PHOTOGRAPHS)}. Received {name!r}. Choose one from the list."
        )
    return PHOTOGRAPHS[name]
