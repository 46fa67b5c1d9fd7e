"""Twenty real CIFAR-10 test images that the foolbox wheel carries: what the app shows before anything is downloaded."""

import re
from functools import cache

import numpy as np
from PIL import Image

from core.data.about import About, Source
from core.data.dataset import Dataset, empty_split, fingerprint, whole_split
from core.data.packages import package_folder
from core.errors import DataError

SAMPLE_SIZE = 20

ABOUT = About(
    name="cifar10-sample",
    title="CIFAR-10, 20 images",
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    source=Source(
        code="(images, labels), (test_images, test_labels) = keras.datasets.cifar10.load_data()\n"
        "labels, test_labels = labels.ravel(), test_labels.ravel()"
    ),
    image_code="(train, _), (test, _) = keras.datasets.cifar10.load_data()\nimage = {split}[{index}] / 255.0",
    tutorial_note="The tutorial prints (50000, 32, 32, 3) and (10000, 32, 32, 3), and first training labels 6, 9, 9, "
    "4, 1. These are the first 20 of its test images; the training images are not at hand.",
    remark="3.3 % of CIFAR-10's test images have a near-duplicate among its training images.",
    is_tutorials=True,
    stands_in_for="cifar10",
)

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
        about=ABOUT,
        family=ABOUT.stands_in_for,
        origin="The first 20 test images of CIFAR-10 (Krizhevsky 2009), bundled with foolbox.",
        class_names=ABOUT.class_names,
        train=empty_split(),
        test=test,
        fingerprint=fingerprint((test.images, test.labels)),
    )
