"""The two photographs that scikit-learn carries, for looking at kernels on more than 32 pixels."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.data.packages import photograph

PHOTOGRAPHS = {
    "china": ("china.jpg", "A temple in China (photograph by danielbuechele, CC BY 2.0)"),
    "flower": ("flower.jpg", "A dahlia (photograph by vultilion, CC BY 2.0)"),
}
"""Name to file and caption, in the order in which they are offered."""

LONGEST_SIDE = 512


@cache
def load(name: str) -> NDArray[np.uint8]:
    """Return one of `PHOTOGRAPHS`, reduced to 512 pixels at its longest side.

    Returns:
        uint8 (height, width, 3), red, green, blue, range 0..255, read-only.

    Raises:
        DataError: it is missing from the installed scikit-learn.
    """
    return photograph("sklearn", f"datasets/images/{PHOTOGRAPHS[name][0]}", longest_side=LONGEST_SIDE)
