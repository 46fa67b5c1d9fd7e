"""Twenty real CIFAR-10 test images that the foolbox wheel carries: what the app shows before anything is downloaded."""

import re
from functools import cache

import numpy as np
from PIL import Image

from core.config import CIFAR10_CLASSES
from core.data.dataset import Dataset, empty_split, fingerprint, whole_split
from core.data.packages import package_folder
from core.errors import DataError

SAMPLE_SIZE = 20

_FILE_NAME = re.compile(r"cifar10_(?P<index>\d\d)_(?P<label>\d)\.png")


@cache
def load() -> Dataset:
    """Return the first twenty test images of CIFAR-10, official pixels; there are no training images.

    Returns:
        Test images uint8 (20, 32, 32, 3), red, green, blue, range 0..255; index i is test image i.

    Raises:
        DataError: the images are missing from the installed foolbox.
    """
    paths = {}
    for path in (package_folder("foolbox") / "data").glob("cifar10_*.png"):
        if match := _FILE_NAME.fullmatch(path.name):
            paths[int(match["index"])] = path, int(match["label"])
    if sorted(paths) != list(range(SAMPLE_SIZE)):
        raise DataError(
            f"Expected {SAMPLE_SIZE} CIFAR-10 images in the installed foolbox. Received {len(paths)}. "
            "Install the packages of requirements.txt again."
        )
    images, labels = [], []
    for index in range(SAMPLE_SIZE):
        path, label = paths[index]
        with Image.open(path) as picture:
            images.append(np.asarray(picture.convert("RGB")))
        labels.append(label)
    test = whole_split(np.stack(images), np.array(labels, np.uint8))
    return Dataset(
        name="cifar10-sample",
        family="cifar10",
        title="CIFAR-10 (20 images)",
        origin="The first 20 test images of CIFAR-10 (Krizhevsky 2009), bundled with foolbox.",
        class_names=CIFAR10_CLASSES,
        train=empty_split(),
        test=test,
        fingerprint=fingerprint((test.images, test.labels)),
    )
