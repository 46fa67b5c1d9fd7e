import numpy as np

from core.training.recipe import Recipe
from core.training.steps import augmentation

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


def test_every_crop_is_a_window_of_the_image() -> None:
    cropped = augmentation.crop(IMAGES, 5, np.random.default_rng(1))
    assert cropped.shape == (6, 5, 5, 3)
    for before, after in zip(IMAGES, cropped, strict=True):
        windows = [before[y : y + 5, x : x + 5] for y in range(4) for x in range(4)]
        assert any(np.array_equal(after, window) for window in windows)
    many = augmentation.crop(np.repeat(IMAGES[:1], 500, axis=0), 5, np.random.default_rng(1))
    assert len({image.tobytes() for image in many}) == 16  # every place is taken


def test_cutout_blanks_one_whole_square() -> None:
    images = np.zeros((50, 8, 8, 3), np.uint8)
    cut = augmentation.cutout(images, 3, np.random.default_rng(2)) == augmentation.BLANK
    assert (cut.sum(axis=(1, 2, 3)) == 3 * 3 * 3).all()
    assert (cut.any(axis=(2, 3)).sum(axis=1) == 3).all()
    assert len({image.tobytes() for image in cut}) > 10


def test_the_generator_decides() -> None:
    first, second = (augmentation.shift(IMAGES, 2, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)


def test_brightened_images_are_their_pixels_times_one_factor_each_cut_at_white() -> None:
    images = np.random.default_rng(1).integers(0, 256, (200, 8, 8, 3), np.uint8)
    brightened = augmentation.brighten(images, 0.5, np.random.default_rng(7))
    powers = np.random.default_rng(7).uniform(-0.5, 0.5, 200)
    for image, found, power in zip(images, brightened, powers, strict=True):
        assert np.abs(np.clip(image * np.exp(power), 0, 255) - found).max() <= 0.51
    assert powers.min() < -0.45 and powers.max() > 0.45
    assert brightened.dtype == np.uint8
    assert (augmentation.brighten(np.full((9, 2, 2, 3), 255, np.uint8), 1.0, np.random.default_rng(0)) > 90).all()


def test_what_is_blanked_keeps_its_gray_in_any_light() -> None:
    images = np.full((40, 8, 8, 3), 200, np.uint8)
    recipe = Recipe(brightness=1.0, cutout_pixels=3)
    changed = augmentation.augment(images, recipe, np.random.default_rng(0), np.zeros(40, bool))
    assert ((changed == augmentation.BLANK).all(axis=-1).sum(axis=(1, 2)) >= 9).all()
