import shutil

import numpy as np
import pytest

from core.data import subjects
from core.data.packages import package_folder
from core.data.sets.sample import ABOUT
from core.errors import DataError


def test_the_photographs_of_foolbox_are_there_and_labeled():
    found = subjects.load()
    assert found.images.shape == (len(found.classes), 32, 32, 3)
    assert found.images.dtype == np.uint8
    assert set(found.classes) <= set(ABOUT.class_names)
    assert all(image.std() > 15 for image in found.images)
    expected = sum(package not in found.missing for package, _ in subjects.SUBJECTS)
    assert len(found.classes) == expected >= 7


def test_another_package_is_used_where_it_is_installed(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    data = tmp_path / "carrier" / "data"
    data.mkdir(parents=True)
    (tmp_path / "carrier" / "__init__.py").touch()
    (source,) = (package_folder("foolbox") / "data").glob("imagenet_00_*.jpg")
    shutil.copy(source, data / "dog.jpg")
    monkeypatch.setattr(subjects, "SUBJECTS", {("carrier", "data/dog.jpg"): "dog", ("nowhere", "cat.png"): "cat"})
    found = subjects.load()
    assert (found.classes, found.missing) == (("dog",), ("nowhere",))
    (data / "dog.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"Expected the photograph data/dog\.jpg in carrier"):
        subjects.load()
