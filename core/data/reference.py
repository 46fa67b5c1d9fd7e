"""The images that the tutorial names, or what stands in for them."""

import numpy as np
from numpy.typing import NDArray

from core.config import SplitName
from core.data.dataset import Dataset

TUTORIAL_INDEX = 9
"""The training image that the tutorial draws with the feature maps of random kernels."""


def tutorial_image(dataset: Dataset, split: SplitName, index: int) -> tuple[NDArray[np.uint8], int, str | None]:
    """Return the image that the tutorial uses, or test image 0 with a sentence that says so.

    Args:
        dataset: the data at hand.
        split: the split the tutorial takes its image from.
        index: the image's index in the official split.

    Returns:
        The image, uint8 (32, 32, 3); its label, a position in `dataset.class_names`; and None, or the sentence to show
        where another image stands in.
    """
    wanted = dataset.split(split)
    positions = np.flatnonzero(wanted.indices == index)
    if len(positions):
        position = int(positions[0])
        return wanted.images[position], int(wanted.labels[position]), None
    label = int(dataset.test.labels[0])
    name = dataset.class_names[label]
    note = (
        f"{'Training' if split == 'train' else 'Test'} image {index:,} is not at hand: "
        f"test image {int(dataset.test.indices[0])} ({name}) stands in for it."
    )
    return dataset.test.images[0], label, note
