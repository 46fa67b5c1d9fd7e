"""Small files that once cost the server hundreds of megabytes or many seconds, each read in a process of its own."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.core.data.pictures.files import HEIC, heic_of

ROOT = Path(__file__).parents[2]
MB = 2**20
CEILING_S = 6.0
"""Processor time, generous: each takes less than a second on one core, and took up to 17 before it was bounded."""

READ = """
import resource, sys, time
from PIL import Image

from tests.core.data.pictures.files import HEIC
from core.data import uploads
from core.errors import UploadError
content = sys.stdin.buffer.read()
Image.init()
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, began = peak(), time.process_time()
try:
    said = f"read {uploads.read_image(content, 'attack').size}"
except UploadError as error:
    said = str(error)
print(peak() - before, time.process_time() - began, said)
"""


def encode(image: Image.Image, format: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format)
    return stream.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *, extra: bytes = b"", data: bytes = b"") -> bytes:
    """A gray PNG, all black."""
    packer, row = zlib.compressobj(9), bytes(width + 1)
    rows = max(1, MB // len(row))
    packed = [packer.compress(row * min(rows, height - top)) for top in range(0, height, rows)]
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", b"".join([*packed, packer.flush()]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + data + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    """A lossless WebP of one color: its size stands in 28 bits, and its pixels in a few."""
    content = bytearray(encode(Image.new("RGB", (1, 1), (9, 9, 9)), "WEBP"))
    if b"VP8L" not in content:
        stream = io.BytesIO()
        Image.new("RGB", (1, 1), (9, 9, 9)).save(stream, "WEBP", lossless=True)
        content = bytearray(stream.getvalue())
    start = content.index(b"VP8L") + 9
    bits = int.from_bytes(content[start : start + 4], "little") >> 28 << 28
    content[start : start + 4] = (bits | (height - 1) << 14 | (width - 1)).to_bytes(4, "little")
    return bytes(content)


def jpeg(after_start: bytes) -> bytes:
    content = encode(Image.new("RGB", (64, 32), (200, 3, 3)), "JPEG")
    return content[:2] + after_start + content[2:]


def gif(extension: bytes) -> bytes:
    content = encode(Image.new("P", (64, 32)), "GIF")
    colors = 13 + (3 << (content[10] & 7) + 1)
    return content[:colors] + extension + content[colors:]


def run_length_bmp() -> bytes:
    """Runs of one pixel each, which Pillow reads one after the other."""
    header = struct.pack("<2sIHHI", b"BM", 0, 0, 0, 54 + 1024)
    info = struct.pack("<IiiHHIIiiII", 40, 7000, 7000, 1, 8, 1, 0, 0, 0, 0, 0)
    return header + info + bytes(range(256)) * 4 + b"\x01\x07" * 4_500_000


def rebuilt_webp(chunks: bytes) -> bytes:
    content = webp(4, 4)
    return content[:12] + chunks + content[12:]


def avif(width: int, height: int, claimed: tuple[int, int]) -> bytes:
    """An AVIF whose boxes claim another size than its coded picture has."""
    content = encode(Image.new("RGB", (width, height), (9, 80, 200)), "AVIF")
    return content.replace(struct.pack(">II", width, height), struct.pack(">II", *claimed))


def heic(*claimed: int) -> bytes:
    """The same in HEIC, of 96 x 64 pixels."""
    return HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", *claimed))


def avif_of_many_items() -> bytes:
    content = avif(8, 8, (8, 8))
    start = content.index(b"iloc") + 4
    return content[:start] + b"\1\0\0\0\x44\0\xff\xff" + bytes(9_000_000)


TOO_MANY_PARTS = "Received one of far too many parts"
ATTACKS: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "a webp of 7000 x 7000 in 38 bytes": (lambda: webp(7000, 7000), 20, "Expected a WebP picture of at most 2"),
    "the largest webp that is read": (lambda: webp(4800, 4800), 420, "read (4800, 4800)"),
    "jpeg padding": (lambda: jpeg(b"\xff" * 9_000_000), 40, "read (64, 32)"),
    "jpeg padding before a zero": (lambda: jpeg(b"\xff" * 9_000_000 + b"\0"), 40, "read (64, 32)"),
    "jpeg stuffing": (lambda: jpeg(b"\xff\0" * 4_500_000), 40, "read (64, 32)"),
    "jpeg comments": (lambda: jpeg(b"\xff\xfe\0\x02" * 2_250_000), 40, TOO_MANY_PARTS),
    "a png of 1 x 50,000,000": (lambda: png(1, 50_000_000), 20, "at most 30,000 pixels along a side"),
    "a png of 50,000,000 x 1": (lambda: png(50_000_000, 1), 20, "at most 30,000 pixels along a side"),
    "png remarks": (lambda: png(4, 4, extra=chunk(b"tEXt", b"") * 750_000), 40, TOO_MANY_PARTS),
    "png data in crumbs": (lambda: png(4, 4, data=chunk(b"IDAT", b"") * 750_000), 40, TOO_MANY_PARTS),
    "gif comments": (lambda: gif(b"\x21\xfe" + (b"\xff" + b"a" * 255) * 39_000 + b"\0"), 40, "read (64, 32)"),
    "gif comments in crumbs": (lambda: gif(b"\x21\xfe" + b"\1a" * 4_900_000 + b"\0"), 40, TOO_MANY_PARTS),
    "gif extensions": (lambda: gif(b"\x21\xff\0" * 3_000_000), 40, TOO_MANY_PARTS),
    "webp chunks": (lambda: rebuilt_webp(struct.pack("<4sI", b"XXXX", 0) * 1_200_000), 40, TOO_MANY_PARTS),
    "an avif larger than it claims": (lambda: avif(6000, 4000, (64, 64)), 20, "damaged or cut short"),
    "an avif smaller than it claims": (lambda: avif(64, 64, (8000, 8000)), 20, "8,000 x 8,000 pixels"),
    "avif items": (avif_of_many_items, 40, TOO_MANY_PARTS),
    "heic larger than it claims": (
        lambda: HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", 8, 8)),
        20,
        "damaged",
    ),
    "heic smaller than it claims": (
        lambda: HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", 9000, 9000)),
        20,
        "9,000 x 9,000 pixels",
    ),
    "a heic of 900 layers, each far larger than it": (lambda: heic_of(b"iovl", 900, (64, 64)), 20, TOO_MANY_PARTS),
    "a heic of 600 layers that are the same 9 MB": (
        lambda: heic_of(b"iovl", 600, (96, 64), before=struct.pack(">IH", 9_000_000, 0x4E01) + b"\xff" * 8_999_998),
        80,
        TOO_MANY_PARTS,
    ),
    "a heic that is made of itself": (
        lambda: heic_of(b"iovl", 1, (96, 64), made_of=(2, 2)),
        20,
        "damaged or cut short",
    ),
    "heic boxes": (lambda: HEIC + struct.pack(">I4s", 8, b"free") * 1_200_000, 80, "read (96, 64)"),
    "bmp runs": (run_length_bmp, 40, TOO_MANY_PARTS),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_costs_little_memory_and_time(name: str) -> None:
    make, most_mb, expected = ATTACKS[name]
    content = make()
    assert len(content) < 10 * MB
    run = subprocess.run([sys.executable, "-c", READ], input=content, capture_output=True, cwd=ROOT, check=True)
    memory, seconds, said = run.stdout.decode().strip().split(" ", 2)
    assert expected in said
    assert int(memory) < most_mb * MB
    assert float(seconds) < CEILING_S
