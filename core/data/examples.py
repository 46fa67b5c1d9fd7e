"""Some labeled images to learn from: by name, and as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import SplitName
from core.data.dataset import Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """What is learned from.

    Attributes:
        images: uint8 (n, 32, 32, 3).
        labels: (n,), the true classes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Images that follow on one another in a split, the first ones after the last; cheap to make and to compare.

    Attributes:
        dataset: the data set's name.
        split: the split's.
        position: of the first image.
        count: how many; fewer where the split holds fewer.
    """

    dataset: str
    split: SplitName
    position: int
    count: int

    def of(self, split: Split) -> Examples:
        """Return its images and labels.

        >>> from core.data.dataset import whole_split
        >>> ten = whole_split(np.zeros((10, 32, 32, 3), np.uint8), np.arange(10, dtype=np.uint8))
        >>> Batch(dataset="ten", split="train", position=8, count=4).of(ten).labels.tolist()
        [8, 9, 0, 1]
        """
        places = (self.position + np.arange(min(self.count, len(split)))) % len(split)
        return Examples(images=np.asarray(split.images[places]), labels=np.asarray(split.labels[places]))
