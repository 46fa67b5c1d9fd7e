"""Find the files that installed packages carry, without importing those packages."""

from importlib.util import find_spec
from pathlib import Path

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
