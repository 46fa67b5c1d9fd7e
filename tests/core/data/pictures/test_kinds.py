import io

import pytest
from PIL import Image

from core.data.pictures import kinds

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


def encode(format_, size=(37, 23), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
def test_format_of_what_pillow_writes(format_):
    assert kinds.picture_format(encode(format_)) == format_


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
    assert kinds.picture_format(content) is None
    assert kinds.foreign_format(content) == words
