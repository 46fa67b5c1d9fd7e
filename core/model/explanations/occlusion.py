"""Occlusion sensitivity: how much a class loses where a part of the image is covered.

A gray square is laid over the image, place by place, and the network is asked again each time. Where the class loses
probability, the answer rested on what the square hid (Zeiler and Fergus, "Visualizing and Understanding Convolutional
Networks", 2014, section 4.2). Arrays in, arrays out: the network is a function from images to logits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.model.explanations.base import Explanation, Method
from core.model.quality.evaluation import Answering, logits_of, softmax

LogitsFunction = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
"""uint8 images (n, height, width, 3) -> logits (n, classes)."""

GRAY = 128
"""Brightness of the covering square, in the middle of 0..255."""

SIZE = 8
"""Side of the covering square, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivity:
    """What covering each part of an image does to one class.

    Attributes:
        drop: float32 (height, width), mean fall of the class's probability over all squares that covered the pixel;
            positive where the answer rests, negative where covering helps the class.
        largest_drop: the fall under the most harmful single square.
        squares: number of covered copies the network was asked about.
    """

    drop: NDArray[np.float32]
    largest_drop: float
    squares: int


class Occlusion(Method):
    """Cover the image, place by place, and ask the network again."""

    name = "occlusion"
    title = "Occlusion"
    weakness = "It depends on the square's size and color, and a square is itself something the network never learned."

    def explain(self, network: Answering, image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is the mean fall of the class's probability."""
        found = occlusion_sensitivity(partial(logits_of, network), image, class_index)
        points = round(100 * max(0.0, found.largest_drop))
        return Explanation(
            heat=found.drop,
            sentence=f"Where “{{answer}}” rests: covering what is blue costs it up to {points} percentage points.",
            how=(
                f"A gray square of {SIZE} × {SIZE} pixels covers the picture in {found.squares} places; the network "
                "answers anew each time. Blue: the probability of “{answer}” falls when this is covered. Orange: it "
                "rises. Occlusion sensitivity, Zeiler and Fergus 2014."
            ),
        )


def occlusion_sensitivity(
    answer: LogitsFunction, image: NDArray[np.uint8], class_index: int, *, size: int = SIZE, stride: int = 2
) -> Sensitivity:
    """Measure how much covering each part of the image lowers one class's probability.

    Args:
        answer: the network; it is called once, with all covered copies in one batch.
        image: uint8 (height, width, 3), range 0..255.
        class_index: the class whose probability is followed.
        size: side of the gray square, in pixels.
        stride: step between two squares, in pixels; the last one always touches the border.

    Returns:
        The mean fall at every pixel, and what it was measured from.

    Raises:
        ValueError: when the square does not fit into the image.
    """
    height, width = image.shape[:2]
    if not 1 <= size <= min(height, width) or stride < 1:
        raise ValueError(
            f"Expected a square of 1 to {min(height, width)} pixels and a stride of at least 1. "
            f"Received size {size}, stride {stride}. Choose a smaller square or a larger stride."
        )
    corners = [(top, left) for top in _steps(height, size, stride) for left in _steps(width, size, stride)]
    batch = np.repeat(image[np.newaxis], len(corners) + 1, axis=0)  # (squares + 1, height, width, 3)
    for covered, (top, left) in zip(batch[1:], corners, strict=True):
        covered[top : top + size, left : left + size] = GRAY
    probabilities = softmax(np.asarray(answer(batch)))[:, class_index]
    falls = probabilities[0] - probabilities[1:]
    drop = np.zeros((2, height, width))  # sum of the falls, and how many they are
    for fall, (top, left) in zip(falls, corners, strict=True):
        drop[:, top : top + size, left : left + size] += [[[fall]], [[1]]]
    mean = (drop[0] / np.maximum(drop[1], 1)).astype(np.float32)
    return Sensitivity(drop=mean, largest_drop=float(falls.max()), squares=len(corners))


def _steps(length: int, size: int, stride: int) -> list[int]:
    """Return the first pixels of all squares along one side, the last one touching the border.

    >>> _steps(10, 4, 4)
    [0, 4, 6]
    """
    last = length - size
    return sorted({*range(0, last + 1, stride), last})
