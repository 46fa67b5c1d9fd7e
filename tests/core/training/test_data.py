from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Dataset
from core.errors import TrainingError
from core.training.data import choose, divide, validation_fingerprint
from core.training.recipe import Recipe


@given(st.integers(0, 5), st.sampled_from([0.0, 0.1, 0.25, 0.5]), st.none() | st.integers(10, 500))
def test_parts_are_disjoint_and_of_even_classes(seed: int, part: float, training_images: int | None) -> None:
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(10, dtype=np.uint8), 60))
    train, held_out = choose(labels, part, training_images, seed)
    assert not set(train) & set(held_out)
    assert len(held_out) == 600 * part
    assert np.ptp(np.bincount(labels[held_out], minlength=10)) == 0
    assert len(train) == min(training_images or 600, 600 - len(held_out))
    assert np.ptp(np.bincount(labels[train], minlength=10)) <= 1


def test_images_held_out_do_not_depend_on_the_subset() -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 60)
    assert np.array_equal(choose(labels, 0.2, None, 3)[1], choose(labels, 0.2, 100, 3)[1])


def test_test_validation_carries_the_data_sets_fingerprint(digits: Dataset) -> None:
    data = divide(digits, Recipe(validation="test"), 0)
    assert data.fingerprint == digits.fingerprint
    assert len(data.train) == len(digits.train)
    assert np.array_equal(data.validation_images, digits.test.images)


def test_held_out_validation_never_touches_the_test_images(digits: Dataset) -> None:
    data = divide(digits, Recipe(validation="held-out"), 0)
    assert data.fingerprint == validation_fingerprint(digits, Recipe(validation="held-out"), 0) != digits.fingerprint
    assert len(data.train) + len(data.validation_labels) == len(digits.train)


def test_a_sample_without_training_images_is_refused(digits: Dataset) -> None:
    empty = replace(digits.train, images=digits.train.images[:0], labels=digits.train.labels[:0])
    with pytest.raises(TrainingError, match="test images only"):
        divide(replace(digits, train=empty), Recipe(), 0)
