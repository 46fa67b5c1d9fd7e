"""Photographs, bundled with packages, of something that CIFAR-10 has a class for: unlike its images, and labeled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.packages import package_folder, photograph
from core.data.uploads import crop_square, to_network_input
from core.errors import DataError

SUBJECTS: dict[tuple[str, str], str] = {
    ("foolbox", "data/imagenet_00_243.jpg"): "dog",
    ("foolbox", "data/imagenet_06_609.jpg"): "automobile",
    ("foolbox", "data/imagenet_07_609.jpg"): "automobile",
    ("foolbox", "data/imagenet_14_129.jpg"): "bird",
    ("foolbox", "data/imagenet_15_99.jpg"): "bird",
    ("foolbox", "data/imagenet_16_251.jpg"): "dog",
    ("foolbox", "data/imagenet_17_22.jpg"): "bird",
    ("skimage", "data/chelsea.png"): "cat",
}
"""Package and file to the class in the picture. Those of scikit-learn show a temple and a flower; scikit-image's horse
is a drawing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subjects:
    """The photographs that are installed.

    Attributes:
        images: uint8 (n, 32, 32, 3), the middle square of each, reduced as a visitor's picture is.
        classes: n class names.
        missing: packages that would carry more and are not installed.
    """

    images: NDArray[np.uint8]
    classes: tuple[str, ...]
    missing: tuple[str, ...]


def load() -> Subjects:
    """Return the photographs of the packages at hand; at least those of foolbox are.

    Raises:
        DataError: a picture is missing from an installed package.
    """
    images, classes, missing = [], [], set()
    for (package, file), subject in SUBJECTS.items():
        try:
            package_folder(package)
        except DataError:
            missing.add(package)
            continue
        images.append(to_network_input(crop_square(photograph(package, file))))
        classes.append(subject)
    return Subjects(images=np.stack(images), classes=tuple(classes), missing=tuple(sorted(missing)))
