import io

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
def test_format_of_what_pillow_writes(format_):
    assert picture_headers.picture_format(encode(format_)) == format_


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
        (b"12:00 gestartet, 20 \xc2\xb0C\n", "a text file"),
        (b"\x7fELF\x02\x01\x01\x00", "a file of another kind"),
        (b"\xe9t\xe9", "a file of another kind"),
        (b"", "a file of another kind"),
    ],
)
def test_other_kinds_are_named(content, words):
    assert picture_headers.picture_format(content) is None
    assert picture_headers.foreign_format(content) == words


@given(st.binary(max_size=200))
def test_damaged_headers_never_raise(content):
    assert picture_headers.jpeg_scans(b"\xff\xd8\xff" + content) >= 0
