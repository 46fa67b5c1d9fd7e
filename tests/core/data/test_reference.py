import numpy as np
import pytest

from core.data.reference import tutorial_image
from core.data.sets import digits, sample


def test_an_image_at_hand_comes_without_a_note():
    image, label, note = tutorial_image(sample.load(), "test", 7)

    np.testing.assert_array_equal(image, sample.load().test.images[7])
    assert (label, note) == (6, None)


def test_a_missing_image_is_stood_in_for():
    image, label, note = tutorial_image(sample.load(), "train", 9)

    np.testing.assert_array_equal(image, sample.load().test.images[0])
    assert label == 3
    assert note == "Training image 9 is not at hand: test image 0 (cat) stands in for it."


def test_a_missing_test_image_is_stood_in_for():
    assert tutorial_image(sample.load(), "test", 9999)[2] == (
        "Test image 9,999 is not at hand: test image 0 (cat) stands in for it."
    )


def test_digits_have_images_of_their_own():
    image, label, note = tutorial_image(digits.load(), "train", 9)

    np.testing.assert_array_equal(image, digits.load().train.images[9])
    assert (label, note) == (digits.load().train.labels[9], None)


@pytest.mark.cifar10
def test_the_tutorials_image(cifar10_environment):
    from core.data import registry

    dataset = registry.load("cifar10")
    image, label, note = tutorial_image(dataset, "train", 9)
    np.testing.assert_array_equal(image, dataset.train.images[9])
    assert (dataset.class_names[label], note) == ("cat", None)
