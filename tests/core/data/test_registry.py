"""Names become data sets, and nothing that is wrong with CIFAR-10 keeps the app from opening."""

import threading

import numpy as np
import pytest

from core.data import registry
from core.data.archive import BATCHES, FOLDER
from core.errors import DataError


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "home"))


def test_without_cifar10_the_sample_and_the_digits_are_at_hand():
    assert registry.available() == ("cifar10-sample", "digits")
    assert registry.row("cifar10").problem is None
    for name in registry.available():
        assert registry.load(name).name == name
    with pytest.raises(DataError, match="Expected all 60,000 images"):
        registry.load("cifar10")


def test_an_unknown_name():
    with pytest.raises(DataError, match=r"Expected one of cifar10, cifar10-sample, digits, images. Received 'mnist'"):
        registry.load("mnist")


def test_a_wrong_path_is_said_and_the_app_still_opens(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(tmp_path / "absent"))

    assert registry.available() == ("cifar10-sample", "digits")
    assert "does not exist" in registry.row("cifar10").problem


def test_a_damaged_folder_is_read_once_and_said_every_time(monkeypatch, tmp_path):
    """Six files of the right size that hold nothing."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in BATCHES:
        with (folder / name).open("wb") as file:
            file.truncate(31_000_000)
    monkeypatch.setenv("CONVSCOPE_CIFAR10", str(tmp_path))

    assert registry.available() == ("cifar10-sample", "digits")
    assert "Expected data_batch_1 to be one of CIFAR-10's batches" in registry.row("cifar10").problem
    with pytest.raises(DataError, match="data_batch_1"):
        registry.load("cifar10")


@pytest.mark.cifar10
class TestOnAllOfCifar10:
    @pytest.fixture
    def dataset(self, cifar10_environment):
        return registry.load("cifar10")

    def test_it_comes_first(self, cifar10_environment):
        assert registry.available() == ("cifar10", "digits")
        assert registry.row("cifar10").problem is None

    def test_shapes_types_and_range(self, dataset):
        assert dataset.train.images.shape == (50_000, 32, 32, 3)
        assert dataset.test.images.shape == (10_000, 32, 32, 3)
        assert dataset.train.images.dtype == dataset.test.images.dtype == np.uint8
        assert (dataset.train.images.min(), dataset.train.images.max()) == (0, 255)

    def test_the_tutorials_first_labels(self, dataset):
        assert dataset.train.labels[:5].tolist() == [6, 9, 9, 4, 1]
        assert [dataset.class_names[label] for label in dataset.train.labels[:2]] == ["frog", "truck"]

    def test_the_classes_are_balanced(self, dataset):
        assert np.bincount(dataset.train.labels).tolist() == [5_000] * 10
        assert np.bincount(dataset.test.labels).tolist() == [1_000] * 10

    def test_it_is_mapped_and_read_only(self, dataset):
        base = dataset.train.images.base
        while not isinstance(base, np.memmap):
            base = base.base
        assert base.mode == "r"
        assert not dataset.train.images.flags.writeable

    def test_the_known_mean_of_the_training_images(self, dataset):
        """The official pixels have the means 0.4914, 0.4822, 0.4465 (red, green, blue); re-encoding keeps means."""
        mean = dataset.train.images[::10].mean(axis=(0, 1, 2)) / 255

        np.testing.assert_allclose(mean, [0.4914, 0.4822, 0.4465], atol=0.005)

    def test_a_home_that_was_not_writable_is_tried_again(self, cifar10_environment, monkeypatch, tmp_path):
        """As after a full disk: nobody needs to restart the server."""
        home = tmp_path / "later"
        home.write_text("")
        monkeypatch.setenv("CONVSCOPE_HOME", str(home))
        assert registry.available() == ("cifar10-sample", "digits")
        assert "set CONVSCOPE_HOME to another folder" in registry.row("cifar10").problem

        home.unlink()
        assert registry.available() == ("cifar10", "digits")
        assert registry.row("cifar10").problem is None

    def test_loading_again_gives_the_same(self, dataset):
        assert registry.load("cifar10").fingerprint == dataset.fingerprint

    def test_nobody_waits_for_a_first_conversion(self, cifar10_environment, monkeypatch, tmp_path):
        monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "first-start"))
        first = threading.Thread(target=registry.available)
        first.start()
        while not registry.row("cifar10").is_preparing:
            assert first.is_alive()
        assert registry.available() == ("cifar10-sample", "digits")
        assert registry.row("cifar10").is_preparing
        first.join()
        assert registry.available() == ("cifar10", "digits")
        assert not registry.row("cifar10").is_preparing
