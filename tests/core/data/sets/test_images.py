"""A folder of class folders, with real pictures: scikit-learn's digits as PNG files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import Settings
from core.data import registry
from core.data.dataset import Dataset
from core.data.sets import images
from core.errors import DataError
from tests.core.data.sets.class_folders import NAMES, write_digits


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twenty pictures each of four classes."""
    return write_digits(tmp_path / "pictures")


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Dataset]:
    """Return a function that loads a folder as a server does that begins now."""

    def load(folder: Path) -> Dataset:
        monkeypatch.setattr(images, "_converted", {})
        return images.load(replace(Settings.from_environ(), home=tmp_path / "home", images=folder))

    return load


Load = Callable[[Path], Dataset]


def test_every_picture_is_there_with_its_class(source: Path, load: Load) -> None:
    data = load(source)
    assert data.class_names == ("one", "three", "two", "zero")
    assert (len(data.train), len(data.test)) == (64, 16)
    for split, share in ((data.train, 16), (data.test, 4)):
        assert np.bincount(split.labels).tolist() == [share] * 4
        assert not split.images.flags.writeable
    written = {
        (path.parent.name, np.asarray(Image.open(path)).tobytes()) for path in source.glob("*/*.png")
    }  # of 32 x 32 pixels: nothing is cut or reduced
    loaded = {
        (data.class_names[label], image.tobytes())
        for split in (data.train, data.test)
        for image, label in zip(split.images, split.labels, strict=True)
    }
    assert loaded == written
    assert data.left_out == ()
    assert "80 pictures from this server's folder “pictures”" in data.origin


def test_the_files_decide_which_pictures_test(source: Path, load: Load) -> None:
    """The same elsewhere and under other names; one more picture moves at most one of its class."""
    first = load(source)
    for path in sorted(source.glob("*/*.png")):
        path.rename(path.with_name(f"x-{path.name[::-1]}.png"))
    again = load(source)
    assert again.fingerprint == first.fingerprint
    Image.fromarray(np.full((40, 60, 3), 7, np.uint8)).save(source / "one" / "gray.png")
    more = load(source)
    assert (len(more.train), len(more.test)) == (65, 16)
    before, after = ({image.tobytes() for image in data.test.images} for data in (first, more))
    assert len(before - after) <= 1
    assert len(list((source.parent / "home" / "data" / "images").iterdir())) == 1  # earlier conversions are gone


def test_what_holds_no_picture_is_left_out_and_told(source: Path, load: Load) -> None:
    whole = sorted((source / "two").iterdir())
    (source / "two" / "again.png").write_bytes(whole[0].read_bytes())
    (source / "two" / "half.png").write_bytes(whole[0].read_bytes()[:100])
    (source / "one" / "no\u202etes.txt").write_text("no picture")
    (source / "one" / "empty.jpg").touch()
    (source / "one" / "large.png").write_bytes(bytes(images.BYTES_LIMIT + 1))
    (source / "one" / ".hidden").touch()
    (source / "one" / "folder").mkdir()
    (source / "one" / "gone.png").symlink_to(source / "absent.png")
    (source / "readme.txt").touch()
    (source / ".cache").mkdir()
    data = load(source)
    assert len(data.train) + len(data.test) == 80
    assert data.left_out == (
        "4 of 85 files are left out, because no picture could be read: one/empty.jpg, one/large.png, "
        "one/notes.txt, two/half.png.",
        "1 of 85 files is left out, because the class holds the same file again.",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda source: (source / "few").mkdir(), "at least 10 different pictures of each class. Received 0 .*“few”"),
        (lambda source: [(source / name).rename(source.parent / name) for name in NAMES[1:4]], "2 to 100 folders"),
        (lambda source: [(source / f"{number:03d}").mkdir() for number in range(97)], "Received 101"),
        (lambda source: source.rename(source.parent / "elsewhere"), "CONVSCOPE_IMAGES to name a folder"),
    ],
    ids=["a class of none", "one class", "101 classes", "no folder"],
)
def test_what_makes_no_data_set_is_refused(
    source: Path, load: Load, change: Callable[[Path], object], says: str
) -> None:
    change(source)
    with pytest.raises(DataError, match=says):
        load(source)


def test_too_many_files_are_refused_before_one_is_read(
    source: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MOST_IMAGES", 79)
    monkeypatch.setattr(images, "read_square", lambda content: pytest.fail("a file was read"))
    with pytest.raises(DataError, match=r"at most 79 pictures .* Received 80 files"):
        load(source)


def test_a_server_keeps_what_it_has_shown(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the folder meanwhile; the next start sees it as it is then."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "home"))
    assert registry.available() == ("cifar10-sample", "digits")
    monkeypatch.setenv("CONVSCOPE_IMAGES", str(source))
    assert registry.available() == ("cifar10-sample", "digits", "images")
    shown = registry.load("images")
    (source / "zero").rename(source / "nought")
    assert registry.load("images").fingerprint == shown.fingerprint
    kept = dict(images._converted)
    monkeypatch.setattr(images, "_converted", {})
    assert registry.load("images").class_names == ("nought", "one", "three", "two")
    monkeypatch.setattr(images, "_converted", kept)  # as in a server whose worker has read the changed folder
    assert registry.load("images").class_names == ("nought", "one", "three", "two")


def test_a_wrong_folder_is_said_and_hides_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_IMAGES", str(tmp_path))
    assert registry.available() == ("cifar10-sample", "digits")
    assert "Expected 2 to 100 folders of different names" in str(registry.row("images").problem)
    with pytest.raises(DataError, match="2 to 100 folders"):
        registry.load("images")
