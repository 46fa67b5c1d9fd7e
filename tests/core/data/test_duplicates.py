"""Which test images are nearly training images: found among others, and what is shipped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import Settings
from core.data import duplicates
from core.data.sets import cifar10, sample
from tests.conftest import CIFAR10

IMAGES = np.asarray(sample.load().test.images)


def test_an_image_is_found_whatever_its_light_and_noise_but_no_other() -> None:
    rng = np.random.default_rng(0)
    lit = 0.7 * IMAGES[:3] + 30 + rng.normal(0, 3, IMAGES[:3].shape)
    train = np.concatenate([IMAGES[10:], np.clip(lit, 0, 255).astype(np.uint8)])
    pairs = duplicates.find(IMAGES[:10], train)
    assert {(pair.test, pair.train) for pair in pairs} == {(0, 10), (1, 11), (2, 12)}
    assert [pair.alike for pair in pairs] == sorted((pair.alike for pair in pairs), reverse=True)


def test_images_alike_only_in_the_large_are_none() -> None:
    rng = np.random.default_rng(0)
    sky = np.linspace(60, 200, 32)[:, np.newaxis, np.newaxis] * np.ones((2, 32, 32, 3))
    one, other = np.clip(sky + rng.normal(0, 10, sky.shape), 0, 255).astype(np.uint8)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > duplicates.NEARLY
    assert duplicates.find(one[np.newaxis], other[np.newaxis]) == []


def test_alike_is_the_correlation_of_what_blocks_leave() -> None:
    noisy = np.clip(IMAGES[:1] + np.random.default_rng(1).normal(0, 8, IMAGES[:1].shape), 0, 255).astype(np.uint8)

    def details(image: np.ndarray) -> np.ndarray:
        left = image.astype(float)
        for y in range(4, 28, 4):
            for x in range(4, 28, 4):
                left[y : y + 4, x : x + 4] -= left[y : y + 4, x : x + 4].mean(axis=(0, 1))
        return left[4:28, 4:28].ravel()

    (pair,) = duplicates.find(IMAGES[:1], noisy)
    assert pair.alike == pytest.approx(np.corrcoef(details(IMAGES[0]), details(noisy[0]))[0, 1], abs=1e-4)


def test_what_is_shipped_names_every_test_image_once_and_belongs_to_one_family() -> None:
    pairs = duplicates.stored("cifar10")
    assert len({pair.test for pair in pairs}) == len(pairs) > 100
    assert all(0 <= pair.test < 10_000 and 0 <= pair.train < 50_000 and pair.alike <= 1 for pair in pairs)
    assert duplicates.stored("digits") == ()


@pytest.mark.cifar10
def test_what_is_shipped_is_found_again(tmp_path: Path) -> None:
    assert CIFAR10
    dataset = cifar10.load(replace(Settings.from_environ(), home=tmp_path, cifar10=Path(CIFAR10)))
    some = duplicates.stored("cifar10")[:40:4]
    train = np.stack([dataset.train.images[pair.train] for pair in some])
    found = duplicates.find(np.stack([dataset.test.images[pair.test] for pair in some]), train)
    assert {(pair.test, pair.train, pair.alike) for pair in found} == {
        (n, n, pair.alike) for n, pair in enumerate(some)
    }
