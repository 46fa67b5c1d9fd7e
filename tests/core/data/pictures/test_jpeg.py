import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.data.pictures import jpeg
from core.data.pictures.parts import Damaged
from core.errors import UploadError


def encode(size: tuple[int, int] = (37, 23), mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, 99).save(stream, "JPEG", **options)
    return stream.getvalue()


def test_passes() -> None:
    assert jpeg.read(encode()).passes == 1
    assert jpeg.read(encode(mode="L", progressive=True)).passes == 6
    assert jpeg.read(encode(progressive=True)).passes == 10


def test_markers_inside_other_segments_are_no_scans() -> None:
    content = encode()
    comment = b"\xff\xfe\x00\x0a" + b"\xff\xda" * 4
    assert jpeg.read(content[:2] + comment + content[2:]).passes == 1


def test_only_what_makes_up_the_pixels_is_kept() -> None:
    content = encode()
    remarks = b"\xff\xfe\x00\x08secret" + b"\xff\xe1\x00\x08secret" + b"\xff" * 1000
    assert jpeg.read(content[:2] + remarks + content[2:] + b"after the end").content == jpeg.read(content).content


def test_what_follows_the_end_is_left_out() -> None:
    """Phones put a preview or a film there."""
    assert jpeg.read(encode() + encode((640, 480))).size == (37, 23)


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCF])
def test_what_no_browser_shows_is_refused(marker: int) -> None:
    content = bytearray(encode())
    content[content.index(b"\xff\xc0") + 1] = marker
    with pytest.raises(UploadError, match="of a usual make"):
        jpeg.read(bytes(content))


def test_two_frames_are_refused() -> None:
    content = encode()
    start = content.index(b"\xff\xc0")
    frame = content[start : start + 19]
    with pytest.raises(UploadError, match="of a usual make"):
        jpeg.read(content[:2] + frame + content[2:])


@given(st.binary(max_size=200))
def test_damaged_files_are_damaged_and_nothing_else(content: bytes) -> None:
    with contextlib.suppress(Damaged, UploadError):
        jpeg.read(b"\xff\xd8\xff" + content)
