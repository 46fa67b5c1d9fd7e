"""Picture files and color profiles written by hand, each with one peculiarity of real ones."""

import base64
import io
import struct
import zlib

import numpy as np
from PIL import Image

QUARTERS = ((200, 60, 40), (60, 170, 70), (50, 80, 190), (220, 200, 90))
"""Top left, top right, bottom left, bottom right."""

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABegABAAAAAAAAALEAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3"
    "aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAA"
    "AwAeoDCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBw"
    "aXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAALltZGF0AAAArSgBrwng4wucuq///Z3///5Fu5D9PQOkglJ557/p1HP/97uq6mXE"
    "Dhc6q4vF8pVOsvG2+t+pgWoGV8wjwrNCUIH5S7QRsSk6D7RriZI+rW//wcGcfsZS//oUMDkV5RqNoiyUS76td6shMHLfppJOnKOsT5MOD/Ik1HlX"
    "1HwCUSR4FerITyp3h8OP/Jy0/1OMP8/+meM8ACAPX55RpA2cX1NpE5FuMPnGRxP+k0nw"
)
"""Four quarters of 96 x 64 pixels, coded as H.265: nothing that is installed here writes it."""

_HEADER, _HANDLER, _PROPERTIES, _CODED = HEIC[:28], HEIC[40:73], HEIC[172:347], HEIC[378:]
"""Of HEIC: its name, the kind of its items, the properties of its one item, and the coded picture."""


def heic_of(
    kind: bytes, count: int, size: tuple[int, int], *, before: bytes = b"", made_of: tuple[int, ...] = ()
) -> bytes:
    """A HEIC whose main item, the last one, is made of `count` items that are all the picture of HEIC.

    Args:
        kind: b"grid", of two columns and rows, or b"iovl", one upon the other.
        count: from 1.
        size: width and height it claims, in pixels.
        before: bytes that stand before the coded picture, and belong to each item.
        made_of: of which items it is made instead.
    """

    def box(name: bytes, *inside: bytes) -> bytes:
        return struct.pack(">I4s", 8 + sum(map(len, inside)), name) + b"".join(inside)

    def full(name: bytes, version: int, *inside: bytes) -> bytes:
        return box(name, bytes([version, 0, 0, 0]), *inside)

    items, main = range(1, count + 1), count + 1
    coded, parts = before + _CODED, made_of or tuple(items)
    if kind == b"grid":
        data = struct.pack(">4B2H", 0, 0, 1, 1, *size)
    else:
        data = struct.pack(">2B4H2H", 0, 0, 0, 0, 0, 0, *size) + bytes(4 * len(parts))
    names = [full(b"infe", 2, struct.pack(">HH4sx", item, 0, b"hvc1")) for item in items]
    kinds = full(b"iinf", 0, struct.pack(">H", main), *names, full(b"infe", 2, struct.pack(">HH4sx", main, 0, kind)))
    made = full(b"iref", 0, box(b"dimg", struct.pack(f">HH{len(parts)}H", main, len(parts), *parts)))
    owned = [struct.pack(">HB4B", item, 4, 0x81, 2, 3, 4) for item in items] + [struct.pack(">HB2B", main, 2, 5, 4)]
    container = box(b"ipco", _PROPERTIES, full(b"ispe", 0, struct.pack(">II", *size)))
    properties = box(b"iprp", container, full(b"ipma", 0, struct.pack(">I", main), *owned))

    def meta(start: int) -> bytes:
        places = [struct.pack(">4H2I", item, 0, 0, 1, start, len(coded)) for item in items]
        places.append(struct.pack(">4H2I", main, 1, 0, 1, 0, len(data)))
        located = full(b"iloc", 1, struct.pack(">2H", 0x4400, main), *places)
        first = full(b"pitm", 0, struct.pack(">H", main))
        return full(b"meta", 0, _HANDLER, first, located, kinds, made, properties, box(b"idat", data))

    return _HEADER + meta(len(_HEADER) + len(meta(0)) + 8) + box(b"mdat", coded)


def encode(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    pixels = np.zeros((height, width, 3), np.uint8)
    half, middle = height // 2, width // 2
    pixels[:half, :middle], pixels[:half, middle:], pixels[half:, :middle], pixels[half:, middle:] = QUARTERS
    return Image.fromarray(pixels)


def chunk(kind: bytes, data: bytes, *, checksum: int | None = None, length: int | None = None) -> bytes:
    """A PNG chunk, with a wrong checksum or length where one is given."""
    found = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data) if length is None else length) + kind + data + struct.pack(">I", found)


def png(pixels: np.ndarray, *extra: bytes, depth: int = 8, color_type: int = 2) -> bytes:
    """A PNG of rows that are packed already: uint8 (height, bytes), and the width that follows from depth and type."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    width = pixels.shape[1] * 8 // (depth * channels)
    header = struct.pack(">IIBBBBB", width, len(pixels), depth, color_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def color_png(colors: np.ndarray, *extra: bytes) -> bytes:
    """A PNG of uint8 (height, width, 3)."""
    return png(colors.reshape(len(colors), -1), *extra)


def _profile(space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile, version 2 (ICC.1:2001-04)."""
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data
    size = start + len(body)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    header = struct.pack(
        ">I4sI4s4s4s12s4s4s", size, b"none", 0x02400000, kind, space, connection, bytes(12), b"acsp", b""
    )
    header += struct.pack(">4s4s4sQI3I", b"", b"", b"", 0, 0, 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + table + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in (x, y, z)))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


_WHITE = _xyz(0.9642, 1.0, 0.8249)


def gray_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", {b"wtpt": _WHITE, b"kTRC": _curve(gamma)})


def rgb_profile(gamma: float, *, swapped: bool = False) -> bytes:
    """The primaries of sRGB (adapted to D50) with another curve; `swapped` exchanges red and blue."""
    red, green, blue = (0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    if swapped:
        red, blue = blue, red
    tags = {b"wtpt": _WHITE, b"rXYZ": _xyz(*red), b"gXYZ": _xyz(*green), b"bXYZ": _xyz(*blue)}
    return _profile(b"RGB ", b"XYZ ", tags | {name: _curve(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")})


def cmyk_profile() -> bytes:
    """A press of one ink: the more black, the darker; the other three leave no trace."""
    identity = bytes(range(256))
    grid = b"".join(
        bytes([0 if black else 255, 128, 128])
        for _ in range(2)
        for _ in range(2)
        for _ in range(2)
        for black in range(2)
    )
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + grid + identity * 3
    return _profile(b"CMYK", b"Lab ", {b"wtpt": _WHITE, b"A2B0": table})
