import numpy as np

from core.charts.contact_sheet import CAPTION, GAP, PAPER, contact_sheet, magnified
from pages.shared.takehome import FONT


def test_every_picture_stands_magnified_in_its_place_over_its_words() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    sheet = contact_sheet(images, ["cat", "dog", "an endless name of a class that has no end", "été −1", ""], 3, FONT)
    assert sheet.shape == (2 * (160 + CAPTION + GAP) - GAP, 3 * (160 + GAP) - GAP, 3)
    for place, image in enumerate(images):
        y, x = place // 3 * (160 + CAPTION + GAP), place % 3 * (160 + GAP)
        np.testing.assert_array_equal(sheet[y : y + 160, x : x + 160], np.kron(image, np.ones((5, 5, 1), np.uint8)))
        words = sheet[y + 160 : y + 160 + CAPTION, x : x + 160]
        assert (words != PAPER).any() == (place < 4)
    gaps = sheet[:, 160 : 160 + GAP]
    assert (gaps == PAPER).all()  # a long caption is cut


def test_a_map_of_few_pixels_is_as_large_as_the_others() -> None:
    assert magnified(np.zeros((4, 4), np.uint8)).shape == (160, 160)
    assert magnified(np.zeros((30, 30, 3), np.uint8)).shape == (150, 150, 3)
    assert magnified(np.zeros((300, 300), np.uint8)).shape == (300, 300)
    assert contact_sheet(np.zeros((1, 4, 4), np.uint8), ["one"], 5, FONT).shape == (160 + CAPTION, 160, 3)
