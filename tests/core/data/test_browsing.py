import dataclasses

import numpy as np
import pytest

from core.data import browsing
from core.data.dataset import Split
from core.data.sets import digits, sample


@pytest.fixture
def split() -> Split:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 32, 32, 3), np.uint8)
    return Split(images=images, labels=np.arange(60, dtype=np.uint8) % 3, indices=np.arange(100, 160))


def test_all_images_in_order(split: Split) -> None:
    assert browsing.positions(split).tolist() == list(range(60))


def test_one_class_alone(split: Split) -> None:
    assert set(split.labels[browsing.positions(split, label=2)]) == {2}
    assert len(browsing.positions(split, label=2)) == 20


def test_the_same_seed_shuffles_in_the_same_way_and_loses_nothing(split: Split) -> None:
    once, again, other = (browsing.positions(split, seed=seed).tolist() for seed in (5, 5, 6))
    assert once == again != other
    assert sorted(once) == list(range(60))


def test_pages_cover_all_images_once(split: Split) -> None:
    chosen = browsing.positions(split)
    assert browsing.page_count(60, 25) == 3
    pages = [browsing.page(chosen, number, 25).tolist() for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [place for page in pages for place in page] == chosen.tolist()


def test_images_are_found_by_their_official_index(split: Split) -> None:
    assert browsing.position_of(split, 107) == 7
    assert browsing.position_of(split, 7) is None


def test_class_counts_include_absent_classes(split: Split) -> None:
    assert browsing.class_counts(split, 4).tolist() == [20, 20, 20, 0]


def test_channel_statistics_equal_numpys(split: Split) -> None:
    statistics = browsing.channel_statistics(split)
    scaled = split.images / 255.0
    np.testing.assert_allclose(statistics.means, scaled.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(statistics.spreads, scaled.std(axis=(0, 1, 2)))


def test_channel_statistics_read_every_image(split: Split) -> None:
    images = np.zeros((1203, 32, 32, 3), np.uint8)
    images[-1] = 255
    many = Split(images=images, labels=np.zeros(1203, np.uint8), indices=np.arange(1203))
    statistics = browsing.channel_statistics(many)
    np.testing.assert_allclose(statistics.means, [1 / 1203] * 3)
    np.testing.assert_allclose(statistics.spreads, (images / 255.0).std(axis=(0, 1, 2)))


def test_the_sample_says_what_the_tutorial_prints_instead() -> None:
    text = browsing.printed(sample.load())
    assert "train_images.shape" in text
    assert "(0, 32, 32, 3)" in text
    assert "(20, 32, 32, 3)" in text
    assert "6, 9, 9, 4, 1" in sample.load().about.tutorial_note


def test_digits_are_not_passed_off_as_cifar10() -> None:
    data = digits.load()
    assert f"({len(data.train)}, 32, 32, 3)" in browsing.printed(data)
    assert "handwritten digits" in data.about.tutorial_note


def test_cifar10_prints_what_the_tutorial_prints() -> None:
    small = sample.load()
    train = Split(
        images=np.zeros((50000, 1, 1, 1), np.uint8).reshape(50000, 1, 1, 1),
        labels=np.array([6, 9, 9, 4, 1], np.uint8),
        indices=np.arange(5),
    )
    text = browsing.printed(dataclasses.replace(small, train=train))
    assert "[6, 9, 9, 4, 1]  frog, truck, truck, deer, automobile" in text
    assert "uint8" in text
    assert "float64" in text
