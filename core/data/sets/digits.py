"""Scikit-learn's handwritten digits, brought to the shape of CIFAR-10: small enough to train on in seconds.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998
(https://doi.org/10.24432/C50P49), its test part as scikit-learn distributes it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import IMAGE_SHAPE
from core.data.about import CUSTOM, About, Source
from core.data.dataset import Dataset, choose_for_testing, fingerprint, whole_split
from core.data.packages import package_folder
from core.errors import DataError

INK_LEVELS = 16
"""The largest value of a pixel: each counts the dark points in a block of 4 x 4 points of the scanned digit."""

_SIDE = 8


ABOUT = About(
    name="digits",
    title="Handwritten digits",
    class_names=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    recipes=("digits", "fast", "strong", CUSTOM),
    largest_batch=64,
    source=Source(
        code="""bunch = load_digits()
every = np.stack([enlarge(digit) for digit in bunch.images])
every_label = bunch.target.astype(np.uint8)
for_testing = choose_for_testing(every_label)
images, labels = every[~for_testing], every_label[~for_testing]
test_images, test_labels = every[for_testing], every_label[for_testing]""",
        functions=((__name__, "enlarge"), ("core.data.dataset", "choose_for_testing")),
        imports=("from sklearn.datasets import load_digits",),
        packages=("scikit-learn", "pillow"),
    ),
    image_code="from core.data import registry  # in Convscope's folder\n\n"
    'image = registry.load("digits").{split}.images[{index}] / 255.0',
    tutorial_note="The tutorial prints (50000, 32, 32, 3) and (10000, 32, 32, 3): that is CIFAR-10. These are "
    "handwritten digits.",
)


@cache
def load() -> Dataset:
    """Return the 1,797 digits, split once and for all into 1,438 for training and 359 for testing.

    Returns:
        Images uint8 (n, 32, 32, 3) with three equal channels, light ink on black, range 0..255.

    Raises:
        DataError: the digits are missing from the installed scikit-learn.
    """
    counts, labels = _read()
    images = np.stack([enlarge(digit) for digit in counts])
    for_testing = choose_for_testing(labels)
    train = whole_split(images[~for_testing], labels[~for_testing])
    test = whole_split(images[for_testing], labels[for_testing])
    return Dataset(
        about=ABOUT,
        family=ABOUT.name,
        origin="1,797 handwritten digits (Alpaydin and Kaynak 1998, scikit-learn), enlarged from 8 × 8 pixels.",
        class_names=ABOUT.class_names,
        train=train,
        test=test,
        fingerprint=fingerprint((train.images, train.labels, test.images, test.labels)),
    )


def enlarge(counts: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Bring one digit to the size and range of a CIFAR-10 image.

    Args:
        counts: whole numbers 0..16 of shape (8, 8), the ink in each block of the scan.

    Returns:
        uint8 (32, 32, 3), range 0..255, interpolated bilinearly so that no block edges arise that the pen did not draw.
    """
    gray = Image.fromarray(np.rint(counts * (255 / INK_LEVELS)).astype(np.uint8))
    height, width, channels = IMAGE_SHAPE
    enlarged = np.asarray(gray.resize((width, height), Image.Resampling.BILINEAR))
    return np.repeat(enlarged[..., np.newaxis], channels, axis=-1)


def _read() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return ink counts (n, 8, 8), range 0..16, and labels (n,), read from the file that `load_digits` reads."""
    path = package_folder("sklearn") / "datasets" / "data" / "digits.csv.gz"
    try:
        table = np.loadtxt(path, delimiter=",", dtype=np.int64)
    except (OSError, ValueError) as error:
        raise DataError(
            f"Expected handwritten digits in {path}. Received no readable file. "
            "Install the packages of requirements.txt again."
        ) from error
    return table[:, :-1].reshape(-1, _SIDE, _SIDE), table[:, -1].astype(np.uint8)
