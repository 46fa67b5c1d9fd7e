"""Takes PNG files apart: the chunks that make up the pixels, and the notes beside them.

Source: W3C, Portable Network Graphics (PNG) Specification, third edition.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.data.pictures.parts import Damaged, Parts, orientation, too_many_parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 20_000
"""Encoders write data in chunks of 8 kB and more, so 10 MB hold about a thousand."""

_PALETTE_TYPE = 3
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""PNG color type to channels: gray, color, palette, gray with alpha, color with alpha."""


@dataclass(slots=True)
class _Chunks:
    """The chunks that matter, the data as one."""

    header: bytes = b""
    data: list[bytes] = field(default_factory=list)
    notes: dict[bytes, bytes] = field(default_factory=dict)


def read(content: bytes) -> Parts:
    """Take a PNG file apart.

    Raises:
        Damaged: the file ends before its picture, or what makes up the pixels has a wrong checksum.
        UploadError: it is made of far too many parts.
    """
    chunks = _collect(content)
    if len(chunks.header) != 13:
        raise Damaged
    width, height, depth, color_type = struct.unpack_from(">IIBB", chunks.header)
    channels = _CHANNELS.get(color_type)
    if channels is None:
        raise Damaged
    rebuilt = [SIGNATURE, _chunk(b"IHDR", chunks.header)]
    rebuilt += [_chunk(kind, chunks.notes[kind]) for kind in (b"PLTE", b"tRNS") if kind in chunks.notes]
    rebuilt += [_chunk(b"IDAT", b"".join(chunks.data)), _chunk(b"IEND", b"")]
    return Parts(
        format="PNG",
        content=b"".join(rebuilt),
        size=(width, height),
        pixel_bytes=4 if channels > 1 else 2 if depth == 16 else 1,
        orientation=orientation(chunks.notes.get(b"eXIf", b"")),
        notes=_notes(chunks, depth),
    )


def _collect(content: bytes) -> _Chunks:
    chunks = _Chunks()
    for kind, data in _chunks(content):
        if kind == b"IHDR":
            chunks.header = chunks.header or data
        elif kind == b"IDAT":
            chunks.data.append(data)
        elif kind not in chunks.notes:
            chunks.notes[kind] = data
    return chunks


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if position + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, position)
        data = content[position + 8 : position + 8 + length]
        checksum = content[position + 8 + length : position + 12 + length]
        whole = checksum == struct.pack(">I", zlib.crc32(kind + data))
        if kind == b"IEND":
            return
        if whole:
            yield kind, data
        elif not kind[0] & 0x20:  # critical: its name begins with a capital
            raise Damaged
        position += 12 + length
    raise too_many_parts("PNG")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _notes(chunks: _Chunks, depth: int) -> tuple[str, ...]:
    notes = []
    if b"acTL" in chunks.notes:
        notes.append("Its first frame stands for the animation.")
    if depth == 16:
        notes.append("Its 16 bits a channel were scaled to 8.")
    return tuple(notes)
