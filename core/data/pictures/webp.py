"""Takes WebP files apart: the picture or the first frame, and the notes beside it.

Source: RFC 9649.
"""

import struct
from collections.abc import Iterator

from core.data.pictures.color import Color
from core.data.pictures.parts import Damaged, Parts, orientation, too_many_parts

_MOST_CHUNKS = 20_000
_FLAG_ANIMATED, _FLAG_ALPHA = 0x02, 0x10
_DECODER_BYTES = 12.0
"""Pillow's decoder holds two canvases, and hands over a third one, of four bytes a pixel."""


def read(content: bytes) -> Parts:
    """Take a WebP file apart.

    Raises:
        Damaged: the file ends before its picture.
        UploadError: it is made of far too many parts.
    """
    first: dict[bytes, bytes] = {}
    frames = 0
    for kind, data in _chunks(content):
        frames += kind == b"ANMF"
        first.setdefault(kind, data)
    size, kept = _picture(first)
    body = b"".join(_chunk(kind, data) for kind, data in kept)
    return Parts(
        format="WEBP",
        content=b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body,
        size=size,
        pixel_bytes=4,
        decoder_bytes=_DECODER_BYTES,
        orientation=orientation(first.get(b"EXIF", b"")),
        color=Color(profile=first.get(b"ICCP", b"")),
        notes=("Its first frame stands for the animation.",) if frames > 1 else (),
    )


def _picture(first: dict[bytes, bytes]) -> tuple[tuple[int, int], list[tuple[bytes, bytes]]]:
    """Return the size, and the chunks that make up the picture."""
    extended = first.get(b"VP8X", b"")
    if b"VP8X" in first and len(extended) < 10:
        raise Damaged
    if extended and extended[0] & _FLAG_ANIMATED:
        if b"ANMF" not in first or b"ANIM" not in first:
            raise Damaged
        header = bytes([extended[0] & (_FLAG_ANIMATED | _FLAG_ALPHA)]) + extended[1:10]
        return _canvas(extended), [(b"VP8X", header), (b"ANIM", first[b"ANIM"]), (b"ANMF", first[b"ANMF"])]
    for kind, size in ((b"VP8 ", _lossy_size), (b"VP8L", _lossless_size)):
        if kind in first:
            kept = [(kind, first[kind])]
            if kind == b"VP8 " and extended and b"ALPH" in first:
                header = bytes([_FLAG_ALPHA]) + extended[1:10]
                kept = [(b"VP8X", header), (b"ALPH", first[b"ALPH"]), *kept]
            return size(first[kind]), kept
    raise Damaged


def _canvas(extended: bytes) -> tuple[int, int]:
    return 1 + int.from_bytes(extended[4:7], "little"), 1 + int.from_bytes(extended[7:10], "little")


def _lossy_size(data: bytes) -> tuple[int, int]:
    """Read the size from a key frame's header (RFC 6386, section 9.1)."""
    if len(data) < 10:
        raise Damaged
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(data: bytes) -> tuple[int, int]:
    """Read the size from 14 bits each (RFC 9649, section 3.4)."""
    if len(data) < 5:
        raise Damaged
    bits = int.from_bytes(data[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    for _ in range(_MOST_CHUNKS):
        if position + 8 > len(content):
            return
        kind, length = struct.unpack_from("<4sI", content, position)
        yield kind, content[position + 8 : position + 8 + length]
        position += 8 + length + (length & 1)
    raise too_many_parts("WebP")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
