import numpy as np

from core.training import augmentation

IMAGES = np.random.default_rng(0).integers(1, 256, (6, 8, 8, 3), np.uint8)


def test_flip_mirrors_the_chosen() -> None:
    mirrored = np.array([True, False] * 3)
    flipped = augmentation.flip(IMAGES, mirrored)
    assert np.array_equal(flipped[0], IMAGES[0][:, ::-1])
    assert np.array_equal(flipped[1], IMAGES[1])


def test_every_shift_is_a_window_of_the_mirrored_image() -> None:
    shifted = augmentation.shift(IMAGES, 2, np.random.default_rng(1))
    assert shifted.shape == IMAGES.shape
    for before, after in zip(IMAGES, shifted, strict=True):
        padded = np.pad(before, ((2, 2), (2, 2), (0, 0)), mode="reflect")
        windows = [padded[y : y + 8, x : x + 8] for y in range(5) for x in range(5)]
        assert any(np.array_equal(after, window) for window in windows)
    assert not np.array_equal(shifted, IMAGES)


def test_cutout_blanks_one_whole_square() -> None:
    images = np.zeros((50, 8, 8, 3), np.uint8)
    cut = augmentation.cutout(images, 3, np.random.default_rng(2)) == augmentation.BLANK
    assert (cut.sum(axis=(1, 2, 3)) == 3 * 3 * 3).all()
    assert (cut.any(axis=(2, 3)).sum(axis=1) == 3).all()
    assert len({image.tobytes() for image in cut}) > 10


def test_the_generator_decides() -> None:
    first, second = (augmentation.shift(IMAGES, 2, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)
