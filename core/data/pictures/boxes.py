"""Walks the boxes of HEIC and AVIF files: of what coded pictures one is made, and how large these say they are.

A picture may be made of a thousand others, tiles of a grid or layers of an overlay, each as large as it likes: they are
counted before any is decoded. An AVIF file tells its size twice. Its decoder believes the boxes first and then makes
room for what the coded picture says, so both are looked at before.

Source: ISO/IEC 14496-12, sections 4.2 and 8.11; ISO/IEC 23008-12, sections 6.4, 6.6 and 9.3; AV1 Bitstream and Decoding
Process Specification, sections 5.3 to 5.5.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from core.data.pictures.parts import Damaged, Size, too_many_parts

_MOST = 1_000
"""Boxes, items or units in one file, each: a picture of a phone has a few dozen."""

_SEQUENCE_HEADER = 1
_DEEPEST = 8
"""How often a picture may be made of pictures that are made of others; phones do it once or twice."""


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


def decoded_pixels(content: bytes, kind: str) -> int:
    """Return how many pixels the decoder goes through for the file's main picture, those of all its parts together.

    Args:
        content: a HEIC or AVIF file.
        kind: what its format is called.

    Raises:
        Damaged: the boxes do not hold what they should.
        UploadError: the file is made of far too many parts.
    """
    inner = _meta(content)
    if not inner.keys() >= {b"pitm", b"iprp", b"iloc"}:
        raise Damaged
    for _ in _located(_Reader(content, inner[b"iloc"][0]), kind):
        pass  # until it refuses bytes that belong to one item after the other
    areas = _areas(content, *inner[b"iprp"])
    made_of = _made_of(content, *inner[b"iref"]) if b"iref" in inner else {}
    main = _Reader(content, inner[b"pitm"][0])
    known: dict[int, int] = {}

    def pixels(item: int, depth: int) -> int:
        if depth > _DEEPEST:
            raise too_many_parts(kind)
        if item not in known:
            inside = made_of.get(item)
            known[item] = sum(pixels(part, depth + 1) for part in inside) if inside else areas.get(item, 0)
        return known[item]

    return pixels(main.take(4 if main.take(4) >> 24 else 2), 0)


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


def _meta(content: bytes) -> dict[bytes, tuple[int, int]]:
    """Return start and end of what each box in the file's first `meta` box holds."""
    for kind, start, end in _boxes(content, 0, len(content)):
        if kind == b"meta":
            return {inner: (first, last) for inner, first, last in _boxes(content, start + 4, end)}
    raise Damaged


def _areas(content: bytes, start: int, end: int) -> dict[int, int]:
    """Return the pixels of each item as the item properties (`iprp`) tell them."""
    inner = {kind: (first, last) for kind, first, last in _boxes(content, start, end)}
    if not inner.keys() >= {b"ipco", b"ipma"}:
        raise Damaged
    properties = [
        (_Reader(content, first + 4).take(4) * _Reader(content, first + 8).take(4)) if kind == b"ispe" else 0
        for kind, first, _ in _boxes(content, *inner[b"ipco"])
    ]
    reader, areas = _Reader(content, inner[b"ipma"][0]), {}
    version_and_flags = reader.take(4)
    for _ in range(min(reader.take(4), len(content))):
        item = reader.take(4 if version_and_flags >> 24 else 2)
        wide = 2 if version_and_flags & 1 else 1
        numbers = [reader.take(wide) & (0x7FFF if wide == 2 else 0x7F) for _ in range(reader.take(1))]
        areas[item] = max((properties[number - 1] for number in numbers if 0 < number <= len(properties)), default=0)
    return areas


def _made_of(content: bytes, start: int, end: int) -> dict[int, list[int]]:
    """Return of which items each derived item is made (`dimg` references)."""
    wide = 4 if content[start] else 2
    made_of = {}
    for kind, first, _ in _boxes(content, start + 4, end):
        if kind == b"dimg":
            reader = _Reader(content, first)
            item = reader.take(wide)
            made_of[item] = [reader.take(wide) for _ in range(reader.take(2))]
    return made_of


def _items(content: bytes) -> Iterator[bytes]:
    """Yield the bytes of every item that the file's first `meta` box locates."""
    inner = _meta(content)
    if b"iloc" not in inner:
        raise Damaged
    bases = {0: 0, 1: inner.get(b"idat", (0, 0))[0]}
    for method, extents in _located(_Reader(content, inner[b"iloc"][0]), "AVIF"):
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


def _located(reader: _Reader, kind: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield how each item is located, and its pieces: offset and length.

    Raises:
        UploadError: there are far too many, or together they are much longer than the file.
    """
    version = reader.take(4) >> 24
    sizes = reader.take(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version >= 2 else 2
    items = reader.take(wide)
    pieces_left, bytes_left = _MOST, 2 * len(reader.content)
    if items > _MOST:
        raise too_many_parts(kind)
    for _ in range(items):
        reader.take(wide)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base, count = reader.take(base_size), reader.take(2)
        pieces_left -= count
        if pieces_left < 0:
            raise too_many_parts(kind)
        extents = []
        for _ in range(count):
            reader.take(index_size if version else 0)
            extents.append((base + reader.take(offset_size), reader.take(length_size)))
            bytes_left -= extents[-1][1] or len(reader.content)
        if bytes_left < 0:
            raise too_many_parts(kind)
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
