"""The pictures that installed packages carry, found without importing those packages."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import DataError


def package_folder(name: str) -> Path:
    """Return the folder of an installed top-level package; the package itself is not imported.

    Importing foolbox needs a git binary, importing scikit-learn takes seconds; their pictures need neither.

    Raises:
        DataError: the package is not installed.

    >>> package_folder("sklearn").name
    'sklearn'
    """
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            f"Expected the package {name}, which carries images. Received an installation without it. "
            "Install the packages of requirements.txt again."
        )
    return Path(spec.submodule_search_locations[0])


def photograph(package: str, file: str, *, longest_side: int | None = None) -> NDArray[np.uint8]:
    """Return a package's photograph, uint8 (height, width, 3), read-only, reduced to so many pixels at the most.

    Raises:
        DataError: the package is not installed, or comes without it.
    """
    folder = package_folder(package)
    try:
        with Image.open(folder / file) as picture:
            if longest_side is not None:
                picture.thumbnail((longest_side, longest_side), Image.Resampling.BOX)
            return np.asarray(picture.convert("RGB"))
    except OSError as error:
        raise DataError(
            f"Expected the photograph {file} in {package}. Received no readable picture. "
            "Install the packages of requirements.txt again."
        ) from error
