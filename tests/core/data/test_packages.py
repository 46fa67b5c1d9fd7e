import pytest

from core.data.packages import package_folder
from core.errors import DataError


def test_an_installed_package_has_its_folder():
    assert (package_folder("PIL") / "Image.py").is_file()


def test_a_missing_package_is_explained():
    with pytest.raises(DataError, match=r"Expected the package not_there.* Received .* Install the packages"):
        package_folder("not_there")
