"""Walks the boxes of AVIF files: which bytes hold coded pictures, and how large these say they are.

An AVIF file tells its size twice. Its decoder believes the boxes first and then makes room for what the coded picture
says, so both are looked at before.

Source: ISO/IEC 14496-12, sections 4.2 and 8.11; AV1 Bitstream and Decoding Process Specification, sections 5.3 to 5.5.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from core.data.pictures.parts import Damaged, Size, too_many_parts

_MOST = 1_000
"""Boxes, items or units in one file, each: a picture of a phone has a few dozen."""

_SEQUENCE_HEADER = 1


def without_film(content: bytes) -> bytes:
    """Return an AVIF file with its film, if it has one, blanked: what is left is its still picture."""
    kept = bytearray(content)
    for kind, start, end in _boxes(content, 0, len(content)):
        if kind == b"ftyp":
            kept[start:end] = content[start:end].replace(b"avis", b"avif")
        elif kind in (b"moov", b"moof"):
            name = start - 4 if content[start - 4 : start] == kind else start - 12  # a long length may follow the name
            kept[name : name + 4] = b"free"
    return bytes(kept)


def largest_coded_size(content: bytes) -> Size:
    """Return the largest width and the largest height that any picture coded in the file has, in pixels.

    Raises:
        Damaged: there is none.
        UploadError: the file is made of far too many parts.
    """
    sizes = [size for item in _items(content) for size in _coded_sizes(item)]
    if not sizes:
        raise Damaged
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of what each box holds."""
    for _ in range(_MOST):
        if start + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", content, start)
        header = 8
        if length == 1:
            length, header = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        after = end if length == 0 else start + length
        if length and length < header:
            raise Damaged
        yield kind, start + header, min(after, end)
        start = after
    raise too_many_parts("AVIF")


def _items(content: bytes) -> Iterator[bytes]:
    """Yield the bytes of every item that the file's first `meta` box locates."""
    meta = next(((start, end) for kind, start, end in _boxes(content, 0, len(content)) if kind == b"meta"), None)
    if meta is None:
        raise Damaged
    inner = {kind: (start, end) for kind, start, end in _boxes(content, meta[0] + 4, meta[1])}
    if b"iloc" not in inner:
        raise Damaged
    bases = {0: 0, 1: inner.get(b"idat", (0, 0))[0]}
    for method, extents in _located(_Reader(content, inner[b"iloc"][0])):
        if method not in bases:
            raise Damaged
        pieces = [content[bases[method] + offset :][: length or None] for offset, length in extents]
        yield b"".join(pieces)


@dataclass(slots=True)
class _Reader:
    """Whole numbers, one after the other."""

    content: bytes
    position: int

    def take(self, count: int) -> int:
        """Return the number in the next `count` bytes."""
        taken = self.content[self.position : self.position + count]
        if len(taken) < count:
            raise Damaged
        self.position += count
        return int.from_bytes(taken, "big")


def _located(reader: _Reader) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield how each item is located, and its pieces: offset and length."""
    version = reader.take(4) >> 24
    sizes = reader.take(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version >= 2 else 2
    items = reader.take(wide)
    pieces_left = _MOST
    if items > _MOST:
        raise too_many_parts("AVIF")
    for _ in range(items):
        reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base, count = reader.take(base_size), reader.take(2)
        pieces_left -= count
        if pieces_left < 0:
            raise too_many_parts("AVIF")
        extents = []
        for _ in range(count):
            reader.take(index_size if version else 0)
            extents.append((base + reader.take(offset_size), reader.take(length_size)))
        yield method, extents


def _coded_sizes(item: bytes) -> Iterator[Size]:
    """Yield the size of every sequence header in an item; what is no coded picture has none."""
    position = 0
    for _ in range(_MOST):
        if position >= len(item):
            return
        header = item[position]
        kind, extended, sized = header >> 3 & 15, header >> 2 & 1, header >> 1 & 1
        position += 1 + extended
        length, used = _variable(item, position) if sized else (len(item) - position, 0)
        position += used
        if header & 0x81:
            return
        if kind == _SEQUENCE_HEADER:
            yield _sequence_size(item[position : position + length])
        position += length
    raise too_many_parts("AVIF")


def _variable(data: bytes, position: int) -> tuple[int, int]:
    """Return a number of variable length (leb128), and how many bytes it takes."""
    value = 0
    for used, byte in enumerate(data[position : position + 8]):
        value |= (byte & 0x7F) << 7 * used
        if not byte & 0x80:
            return value, used + 1
    raise Damaged


def _sequence_size(data: bytes) -> Size:
    bits = _Bits(data)
    bits.take(3)
    _, reduced = bits.take(1), bits.take(1)
    if reduced:
        bits.take(5)
    else:
        if bits.take(1):  # timing of a film
            raise too_many_parts("AVIF")
        delays = bits.take(1)
        for _ in range(bits.take(5) + 1):
            bits.take(12)
            if bits.take(5) > 7:
                bits.take(1)
            if delays and bits.take(1):
                bits.take(4)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(across) + 1, bits.take(down) + 1


class _Bits:
    """The bits of some bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._left = 8 * min(len(data), 64)
        self._value = int.from_bytes(data[:64], "big")

    def take(self, count: int) -> int:
        """Return the number in the next `count` bits."""
        self._left -= count
        if self._left < 0:
            raise Damaged
        return self._value >> self._left & (1 << count) - 1
