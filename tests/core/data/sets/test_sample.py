"""The bundled sample is the first twenty test images of CIFAR-10."""

import sys

import numpy as np
import pytest

from core.data.sets import sample


def test_twenty_labeled_images():
    dataset = sample.load()

    assert dataset.test.images.shape == (20, 32, 32, 3)
    assert dataset.test.images.dtype == np.uint8
    assert dataset.test.labels.tolist() == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1, 0, 9, 5, 7, 9, 8, 5, 7, 8, 6]
    assert dataset.test.indices.tolist() == list(range(20))
    assert dataset.family == "cifar10"
    assert dataset.class_names[dataset.test.labels[0]] == "cat"
    assert not dataset.figures_note


def test_there_are_no_training_images():
    dataset = sample.load()

    assert dataset.train.images.shape == (0, 32, 32, 3)
    assert dataset.split_names == ("test",)


def test_the_first_pixel_of_the_cat():
    """The official test image 0 begins with red 158, green 112, blue 49."""
    assert sample.load().test.images[0, 0, 0].tolist() == [158, 112, 49]


def test_images_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        sample.load().test.images[0] = 0


def test_foolbox_is_not_imported():
    sample.load()

    assert "foolbox" not in sys.modules


@pytest.mark.cifar10
def test_they_resemble_the_first_test_images(cifar10_environment):
    """Also on re-encoded pixels, which are close to the official ones (PSNR above 25 dB)."""
    from core.data import registry

    whole, bundled = registry.load("cifar10"), sample.load()
    assert whole.fingerprint != bundled.fingerprint
    np.testing.assert_array_equal(whole.test.labels[:20], bundled.test.labels)
    errors = (whole.test.images[:20].astype(float) - bundled.test.images) ** 2
    assert (errors.mean(axis=(1, 2, 3)) < 255**2 / 10**2.5).all()
