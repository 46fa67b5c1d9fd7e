"""Visitors' pictures look as Chromium shows them: the same files decoded by both, pixel by pixel."""

import base64
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from core.data import uploads
from core.data.pictures import kinds
from tests.core.data.pictures.files import chunk, color_png, encode, gray_profile, png, rgb_profile

STEPS = np.linspace(0, 255, 8).astype(np.uint8)
CUBE = np.stack(np.meshgrid(STEPS, STEPS, STEPS, indexing="ij"), axis=-1).reshape(16, 32, 3)
GRAY = np.arange(256, dtype=np.uint8).reshape(8, 32)
LARGE = Image.fromarray(np.kron(CUBE, np.ones((8, 8, 1), np.uint8)))
P3 = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
PALETTE = chunk(b"PLTE", bytes([200, 10, 20, 30, 200, 40, 50, 60, 200, 90, 90, 90]))
NUMBERS = np.array([[0, 1, 2, 3, 4, 200, 255, 5]], np.uint8)
DEEP = np.array([0x1234, 0x5678, 0x9ABC, 0x1235, 0x5678, 0x9ABC, 300, 400, 500], ">u2").view(np.uint8)[None]
WITHIN = 6

SHOWN = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  return [canvas.height, canvas.width, Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data)];
}"""


def codes(primaries: int, transfer: int, full_range: int = 1) -> bytes:
    return color_png(CUBE, chunk(b"cICP", bytes([primaries, transfer, 0, full_range])))


def gamma(value: int, *more: bytes) -> bytes:
    return color_png(CUBE, chunk(b"gAMA", struct.pack(">I", value)), *more)


def avif(primaries: int, transfer: int) -> bytes:
    content = encode(LARGE, "AVIF", quality=95, subsampling="4:4:4")
    place = content.index(b"colrnclx") + 8
    return content[:place] + struct.pack(">HH", primaries, transfer) + content[place + 4 :]


def turned(format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(LARGE.crop((0, 0, 120, 64)), format, quality=95, exif=exif)


def small_frame() -> bytes:
    content = bytearray(encode(LARGE.quantize(16), "GIF"))
    content[6:10] = struct.pack("<HH", 300, 200)
    return bytes(content)


def inks() -> bytes:
    colors = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    return encode(Image.fromarray(colors, "CMYK"), "JPEG", quality=97)


FILES: dict[str, Callable[[], bytes]] = {
    **{f"primaries {number}": lambda number=number: codes(number, 13) for number in (1, 5, 6, 9, 11, 12, 22)},
    **{f"transfer {number}": lambda number=number: codes(1, number) for number in (1, 4, 5, 6, 8, 14)},
    "narrow range": lambda: codes(12, 13, 0),
    **{f"gamma {value}": lambda value=value: gamma(value) for value in (100_000, 55_556, 45_455, 30_000, 22_222)},
    "gamma and chromaticities": lambda: gamma(45_455, chunk(b"cHRM", P3)),
    "chromaticities alone": lambda: color_png(CUBE, chunk(b"cHRM", P3)),
    "sRGB before gamma": lambda: gamma(100_000, chunk(b"sRGB", b"\0")),
    "gamma of gray": lambda: png(GRAY, chunk(b"gAMA", struct.pack(">I", 100_000)), color_type=0),
    "profile in png": lambda: encode(Image.fromarray(CUBE), "PNG", icc_profile=rgb_profile(1.8, swapped=True)),
    "profile of megabytes": lambda: color_png(
        CUBE, chunk(b"iCCP", b"name\0\0" + zlib.compress(rgb_profile(1.8) + bytes(1_500_000)))
    ),
    "profile of gray": lambda: encode(Image.fromarray(GRAY), "PNG", icc_profile=gray_profile(1.4)),
    "profile of colors on gray": lambda: encode(Image.fromarray(GRAY), "PNG", icc_profile=rgb_profile(1.4)),
    "profile in jpeg": lambda: encode(LARGE, "JPEG", quality=97, subsampling=0, icc_profile=rgb_profile(1.8)),
    "profile in webp": lambda: encode(LARGE, "WEBP", lossless=True, icc_profile=rgb_profile(1.8)),
    "profile in avif": lambda: encode(LARGE, "AVIF", quality=95, subsampling="4:4:4", icc_profile=rgb_profile(1.8)),
    "inks": inks,
    **{f"avif {pair}": lambda pair=pair: avif(*pair) for pair in ((12, 13), (9, 13), (1, 1), (1, 4), (1, 8))},
    **{f"avif turned {number}": lambda number=number: turned("AVIF", number) for number in (2, 3, 5, 6, 8)},
    **{f"jpeg turned {number}": lambda number=number: turned("JPEG", number) for number in (2, 5, 6, 7)},
    "beyond the palette": lambda: png(NUMBERS, PALETTE, color_type=3),
    "beyond the palette, transparent": lambda: png(NUMBERS, PALETTE, chunk(b"tRNS", b"\x80\0"), color_type=3),
    **{
        f"hidden gray of {depth} bits": lambda depth=depth: png(
            np.array([[0x1B, 0xE4, 0x12, 0x34]], np.uint8), chunk(b"tRNS", b"\0\1"), depth=depth, color_type=0
        )
        for depth in (1, 2, 4)
    },
    "hidden color": lambda: color_png(CUBE, chunk(b"tRNS", struct.pack(">3H", 0, 0, 36))),
    "hidden color with more bits": lambda: color_png(CUBE, chunk(b"tRNS", struct.pack(">3H", 0x100, 0, 36))),
    "hidden deep color": lambda: png(DEEP, chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x5678, 0x9ABC)), depth=16),
    "small first frame": small_frame,
    "damaged remark": lambda: color_png(CUBE, chunk(b"tEXt", b"a\0b", checksum=0)),
}


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    """A page of no server."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("name", FILES)
def test_as_chromium_shows_it(name: str, empty_page: Page) -> None:
    content = FILES[name]()
    kind = (kinds.picture_format(content) or "").lower()
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    height, width, values = empty_page.evaluate(SHOWN, source)
    expected = np.array(values, np.uint8).reshape(height, width, 4)[..., :3]
    np.testing.assert_allclose(uploads.read_image(content, name).pixels.astype(int), expected.astype(int), atol=WITHIN)
