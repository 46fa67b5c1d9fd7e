import io

import numpy as np
from PIL import Image

from core.charts import png


def test_encode_is_lossless_for_gray_rgb_and_rgba() -> None:
    rng = np.random.default_rng(0)
    for shape in [(5, 7), (5, 7, 3), (5, 7, 4)]:
        pixels = rng.integers(0, 256, shape, dtype=np.uint8)
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(png.encode(pixels)))), pixels)


def test_sprite_places_images_row_by_row() -> None:
    images = np.arange(3, dtype=np.uint8)[:, None, None] * np.ones((1, 2, 2), np.uint8) + 1
    whole = png.sprite(images, 2)
    assert whole.shape == (4, 4, 3)
    assert whole[0, 0, 0] == 1 and whole[0, 2, 0] == 2 and whole[2, 0, 0] == 3 and whole[2, 2, 0] == 0


def test_sprite_leaves_gaps_transparent() -> None:
    whole = png.sprite(np.full((4, 2, 2, 3), 9, np.uint8), 2, gap=1)
    assert whole.shape == (5, 5, 4)
    assert (whole[2] == 0).all() and (whole[:, 2] == 0).all()
    assert (whole[0, 0] == [9, 9, 9, 255]).all()
