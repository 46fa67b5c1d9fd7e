"""Pictures of nothing that a network has learned: noise, and images of other things."""

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE
from core.data.sets import digits, sample

COUNT = 100


def of(family: str) -> dict[str, NDArray[np.uint8]]:
    """Return names and images, uint8 (n, 32, 32, 3), n at most COUNT, of what a family of data does not show.

    Handwritten digits are strangers to everyone but those who learned them; to these the bundled CIFAR-10 images are.
    """
    name, loaded = ("CIFAR-10 images", sample) if family == digits.ABOUT.name else ("handwritten digits", digits)
    noise = np.random.default_rng(0).integers(0, 256, (COUNT, *IMAGE_SHAPE), np.uint8)
    return {"images of noise": noise, name: np.asarray(loaded.load().test.images[:COUNT])}
