import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data import uploads
from core.data.pictures import boxes
from core.data.pictures.parts import Damaged
from core.errors import UploadError
from tests.core.data.pictures.files import encode, quarters


@pytest.mark.parametrize("size", [(1, 1), (37, 23), (640, 480), (4000, 3000)])
@pytest.mark.parametrize("options", [{}, {"subsampling": "4:4:4"}, {"speed": 10}, {"tile_rows": 1}])
def test_the_coded_picture_says_its_size(size: tuple[int, int], options: dict[str, object]) -> None:
    assert boxes.largest_coded_size(encode(Image.new("RGB", size, (9, 80, 200)), "AVIF", **options)) == size


def test_its_boxes_may_claim_another() -> None:
    content = encode(Image.new("RGB", (640, 480)), "AVIF")
    claimed = content.replace(struct.pack(">II", 640, 480), struct.pack(">II", 16, 16))
    assert boxes.largest_coded_size(claimed) == (640, 480)
    with pytest.raises(UploadError, match="damaged or cut short"):
        uploads.read_image(claimed, "picture")


def test_of_a_film_the_first_frame_is_left() -> None:
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "green", "blue")]
    film = encode(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    assert b"moov" in film
    assert b"moov" not in boxes.without_film(film)
    upload = uploads.read_image(film, "film")
    np.testing.assert_allclose(upload.pixels, np.asarray(frames[0]), atol=6)
    assert upload.notes == ("Its first frame stands for the animation.",)


SEED = encode(quarters(), "AVIF")


@settings(deadline=None, max_examples=200)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=5),
    length=st.integers(0, len(SEED)),
)
def test_changed_files_are_damaged_and_nothing_else(changes: list[tuple[int, int]], length: int) -> None:
    content = bytearray(SEED)
    for position, value in changes:
        content[position] = value
    with contextlib.suppress(Damaged, UploadError):
        width, height = boxes.largest_coded_size(boxes.without_film(bytes(content[:length])))
        assert width >= 1 <= height
