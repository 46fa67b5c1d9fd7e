"""The digits are scikit-learn's, enlarged, with a split that never changes."""

import sys

import numpy as np

from core.data.sets import digits


def test_every_digit_is_in_one_split():
    from sklearn.datasets import load_digits

    official, dataset = load_digits(), digits.load()
    enlarged = np.stack([digits.enlarge(image.astype(int)) for image in official.images])
    expected = sorted((label, image.tobytes()) for label, image in zip(official.target.tolist(), enlarged, strict=True))
    ours = sorted(
        (int(label), image.tobytes())
        for split in (dataset.train, dataset.test)
        for label, image in zip(split.labels, split.images, strict=True)
    )

    assert ours == expected


def test_a_fifth_of_each_class_is_for_testing():
    dataset = digits.load()
    train, test = np.bincount(dataset.train.labels), np.bincount(dataset.test.labels)

    assert (len(dataset.train), len(dataset.test)) == (1438, 359)
    np.testing.assert_array_equal(test, np.round((train + test) * 0.2))


def test_the_split_is_pinned():
    """Shipped runs carry this fingerprint: another one means other images or another split."""
    assert digits.load().fingerprint == "875c49bcb399c3c8"


def test_shape_range_and_channels():
    for split in (digits.load().train, digits.load().test):
        assert split.images.shape[1:] == (32, 32, 3)
        assert split.images.dtype == np.uint8
        assert (split.images == split.images[..., :1]).all()
        assert not split.images.flags.writeable
    assert digits.load().train.images.max() == 255


def test_flat_ink_stays_flat():
    """By hand: 16 of 16 points are white, 8 of 16 are 127.5, rounded to even."""
    assert (digits.enlarge(np.full((8, 8), 16)) == 255).all()
    assert (digits.enlarge(np.zeros((8, 8), int)) == 0).all()
    assert (digits.enlarge(np.full((8, 8), 8)) == 128).all()


def test_enlarging_agrees_with_scipy():
    """Bilinear interpolation between the blocks' centers, checked against SciPy's."""
    from scipy.ndimage import map_coordinates

    counts = np.random.default_rng(0).integers(0, 17, (8, 8))
    at = (np.arange(32) + 0.5) / 4 - 0.5
    expected = map_coordinates(
        np.rint(counts * (255 / 16)), np.meshgrid(at, at, indexing="ij"), order=1, mode="nearest"
    )

    np.testing.assert_allclose(digits.enlarge(counts)[..., 0], expected, atol=1)


def test_scikit_learn_is_not_imported():
    import subprocess

    script = "import sys; from core.data.sets import digits; digits.load(); sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_names():
    dataset = digits.load()

    assert (dataset.name, dataset.family) == ("digits", "digits")
    assert dataset.class_names[:3] == ("zero", "one", "two")
