import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.data import picture_headers

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


def encode(format_, size=(37, 23), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
def test_format_and_size_of_what_pillow_writes(format_):
    content = encode(format_)

    assert picture_headers.picture_format(content) == format_
    assert picture_headers.declared_size(content, format_) == (37, 23)
    assert not picture_headers.is_intricate(content, format_)


def test_size_of_every_kind_of_webp():
    for options in ({"lossless": True}, {"lossless": False}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}):
        assert picture_headers.declared_size(encode("WEBP", (300, 200), **options), "WEBP") == (300, 200)
    assert picture_headers.declared_size(encode("WEBP", (300, 200), "RGBA"), "WEBP") == (300, 200)


def test_size_of_a_gif_whose_frame_reaches_beyond_its_screen():
    """By hand: a frame of 7 x 5 pixels at (100, 50) on a screen of 10 x 10."""
    screen = b"GIF89a" + struct.pack("<HH", 10, 10) + b"\0\0\0"
    content = screen + b"!\xfe\x02hi\x00" + b"," + struct.pack("<4H", 100, 50, 7, 5) + b"\0\x02\x00;"

    assert picture_headers.declared_size(content, "GIF") == (107, 55)


def test_size_of_a_bmp_from_top_to_bottom():
    content = bytearray(encode("BMP"))
    content[22:26] = struct.pack("<i", -23)

    assert picture_headers.declared_size(bytes(content), "BMP") == (37, 23)


def test_scans():
    assert picture_headers.jpeg_scans(encode("JPEG")) == 1
    assert picture_headers.jpeg_scans(encode("JPEG", mode="L", progressive=True)) == 6
    assert picture_headers.jpeg_scans(encode("JPEG", progressive=True)) == 10


def test_markers_inside_other_segments_are_no_scans():
    content = encode("JPEG")
    comment = b"\xff\xfe\x00\x0a" + b"\xff\xda" * 4

    assert picture_headers.jpeg_scans(content[:2] + comment + content[2:]) == 1


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\0\0\0\x18ftypheic", "a HEIC or AVIF picture"),
        (b"\0\0\0\x18ftypmp42", "a film"),
        (b"%PDF-1.7", "a PDF document"),
        (b"<svg xmlns=", "an SVG drawing"),
        (b"<!doctype html>", "an SVG drawing or web page"),
        (b"hello", "a file of another kind"),
        (b"", "a file of another kind"),
    ],
)
def test_other_kinds_are_named(content, words):
    assert picture_headers.picture_format(content) is None
    assert picture_headers.foreign_format(content) == words


@given(format_=st.sampled_from(FORMATS), content=st.binary(max_size=200))
def test_damaged_headers_never_raise(format_, content):
    signature = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "GIF": b"GIF89a", "BMP": b"BM"}
    content = signature.get(format_, b"RIFF\0\0\0\0WEBP") + content

    size = picture_headers.declared_size(content, format_)
    assert size is None or min(size) >= 0
    picture_headers.is_intricate(content, format_)
    picture_headers.bits_per_channel(content, format_)
    picture_headers.jpeg_scans(content)
