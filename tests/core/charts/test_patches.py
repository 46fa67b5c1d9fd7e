import numpy as np

from core.charts.patches import BEYOND, cut, marked

IMAGE = np.random.default_rng(0).integers(1, 255, (32, 32, 3), np.uint8)


def test_a_patch_is_the_pixels_of_its_square() -> None:
    np.testing.assert_array_equal(cut(IMAGE, 3, 5, 4, size=8)[::2, ::2], IMAGE[3:7, 5:9])
    np.testing.assert_array_equal(cut(IMAGE, 0, 0, 32, size=32), IMAGE)


def test_beyond_the_image_a_patch_is_gray() -> None:
    found = cut(IMAGE, -2, 30, 4, size=4)
    np.testing.assert_array_equal(found[2:, :2], IMAGE[:2, 30:])
    assert (found[:2] == BEYOND).all()
    assert (found[:, 2:] == BEYOND).all()
    wide = cut(IMAGE, -15, -15, 63, size=63)
    np.testing.assert_array_equal(wide[15:47, 15:47], IMAGE)


def test_the_frame_stands_around_the_square_and_nowhere_else() -> None:
    found = marked(IMAGE, 3, 5, 4)
    large = IMAGE.repeat(4, axis=0).repeat(4, axis=1)
    changed = (found != large).any(axis=-1)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert (rows[0], rows[-1]) == (9, 30)
    assert (columns[0], columns[-1]) == (17, 38)
    assert not changed[12:28, 20:36].any()
    assert (found[9, 17:39] == 0).all()
    assert (found[10, 18:38] == 255).all()


def test_a_square_that_reaches_beyond_is_marked_as_far_as_the_image_goes() -> None:
    found = marked(IMAGE, -10, -10, 63)
    assert found.shape == (128, 128, 3)
    assert (found[0] == 0).all()
    assert (found[:, -1] == 0).all()
