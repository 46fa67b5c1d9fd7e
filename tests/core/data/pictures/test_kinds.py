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
        (b"\0\0\0\x18ftypmp42", "a film"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a film"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a raw photograph of a camera"),
        (b"II*\0\x10\0\0\0CR\2\0", "a raw photograph of a camera"),
        (b"FUJIFILMCCD-RAW 0201", "a raw photograph of a camera"),
        (b"II*\0\x08\0\0\0", "a TIFF picture or a raw photograph"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
        (b"\xff\x0a\x7f", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
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


@pytest.mark.parametrize(
    "brands, expected",
    [
        *((name, "HEIF") for name in ("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1")),
        *((name, "AVIF") for name in ("avif", "avis", "mif1 avif miaf", "msf1 avis")),
        *((names, "HEIF") for names in ("miaf", "mif1 heic", "MSNV mif1 heic", "mif1 miaf heic tmap")),
        *((names, None) for names in ("isom mp42", "crx  isom", "qt  ", "M4V ", "3gp5")),
    ],
)
def test_phones_pictures_go_by_many_names(brands: str, expected: str | None) -> None:
    names = [name.ljust(4).encode() for name in brands.split()]
    body = names[0] + b"\0\0\0\0" + b"".join(names)
    content = (8 + len(body)).to_bytes(4, "big") + b"ftyp" + body
    assert kinds.picture_format(content) == expected
