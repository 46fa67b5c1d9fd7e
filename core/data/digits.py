"""Scikit-learn's handwritten digits, brought to the shape of CIFAR-10: small enough to train on in seconds.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998
(https://doi.org/10.24432/C50P49), its test part as scikit-learn distributes it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import DIGITS_CLASSES, IMAGE_SHAPE
from core.data.dataset import Dataset, fingerprint, whole_split
from core.data.packages import package_folder
from core.errors import DataError

INK_LEVELS = 16
"""The largest value of a pixel: each counts the dark points in a block of 4 x 4 points of the scanned digit."""

TEST_SHARE = 0.2
_SIDE = 8
_SPLIT_SEED = 0


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
    for_testing = _choose_for_testing(labels)
    train = whole_split(images[~for_testing], labels[~for_testing])
    test = whole_split(images[for_testing], labels[for_testing])
    return Dataset(
        name="digits",
        family="digits",
        title="Handwritten digits",
        origin="1,797 handwritten digits (Alpaydin and Kaynak 1998, scikit-learn), enlarged from 8 x 8 pixels.",
        class_names=DIGITS_CLASSES,
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
    grey = Image.fromarray(np.rint(counts * (255 / INK_LEVELS)).astype(np.uint8))
    height, width, channels = IMAGE_SHAPE
    enlarged = np.asarray(grey.resize((width, height), Image.Resampling.BILINEAR))
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


def _choose_for_testing(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return bool (n,): a fifth of each class, drawn with a fixed seed."""
    # The legacy generator's stream is frozen for all NumPy versions, so the split never changes under a shipped run.
    generator = np.random.RandomState(_SPLIT_SEED)
    chosen = np.zeros(len(labels), bool)
    for label in range(len(DIGITS_CLASSES)):
        members = generator.permutation(np.flatnonzero(labels == label))
        chosen[members[: round(len(members) * TEST_SHARE)]] = True
    return chosen
