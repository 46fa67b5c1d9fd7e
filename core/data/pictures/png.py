"""Takes PNG files apart: the chunks that make up the pixels, and the notes beside them.

Source: W3C, Portable Network Graphics (PNG) Specification, third edition.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.data.pictures.color import Chromaticities, Color
from core.data.pictures.parts import Damaged, Parts, orientation, too_many_parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 20_000
"""Encoders write data in chunks of 8 kB and more, so 10 MB hold about a thousand."""

_MOST_PROFILE_BYTES = 8 * 2**20
_KINDS = re.compile(rb"IDAT|PLTE|tRNS|IEND|gAMA|cHRM|sRGB|iCCP|cICP|eXIf|pHYs")
_MOST_TRIES = 100
_PALETTE_BYTES = 3 * 256
_GRAY, _COLOR, _PALETTE, _GRAY_ALPHA = 0, 2, 3, 4
_CHANNELS = {_GRAY: 1, _COLOR: 3, _PALETTE: 1, _GRAY_ALPHA: 2, 6: 4}
"""PNG color type to channels: gray, color, palette, gray with alpha, color with alpha."""

_FULL_RANGE_RGB = b"\0\1"
_LENGTHS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4}
_DAMAGED = "A damaged remark in its file was passed over."


@dataclass(slots=True)
class _Contents:
    """The chunks that matter, the data as one."""

    header: bytes = b""
    data: list[bytes] = field(default_factory=list)
    notes: dict[bytes, bytes] = field(default_factory=dict)
    first_frame_is_default: bool = False
    is_damaged: bool = False

    def add(self, kind: bytes, data: bytes) -> None:
        """Take in one whole chunk."""
        if kind == b"IHDR":
            self.header = self.header or data
        elif kind == b"IDAT":
            self.data.append(data)
        elif len(data) != _LENGTHS.get(kind, len(data)):
            self.is_damaged = True
        elif kind == b"fcTL" and not self.data:
            self.first_frame_is_default = True
        else:
            self.notes.setdefault(kind, data)


def read(content: bytes) -> Parts:
    """Take a PNG file apart.

    Raises:
        Damaged: the file ends before its picture, or what makes up the pixels has a wrong checksum.
        UploadError: it is made of far too many parts.
    """
    contents = _Contents()
    for kind, data in _chunks(content):
        if kind is None:
            contents.is_damaged = True
        else:
            contents.add(kind, data)
    if len(contents.header) != 13 or not contents.data:
        raise Damaged
    width, height, depth, color_type = struct.unpack_from(">IIBB", contents.header)
    channels = _CHANNELS.get(color_type)
    if channels is None:
        raise Damaged
    hidden = _hidden(contents.notes.get(b"tRNS", b""), color_type, depth)
    deep_color = depth == 16 and hidden is not None and color_type == _COLOR
    return Parts(
        format="PNG",
        content=_rebuilt(contents, color_type, depth),
        size=(width, height),
        pixel_bytes=4 if channels > 1 else 2 if depth == 16 else 1,
        decoder_bytes=4.0 if deep_color else 0.0,
        orientation=orientation(contents.notes.get(b"eXIf", b"")),
        color=_color(contents.notes),
        hidden=hidden,
        depth=depth,
        is_gray=color_type in (_GRAY, _GRAY_ALPHA),
        notes=_remarks(contents, depth),
    )


def _chunks(content: bytes) -> Iterator[tuple[bytes | None, bytes]]:
    """Yield kind and data of every whole chunk, and None for each damaged one that the pixels do without."""
    position = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if position + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, position)
        after = position + 12 + length
        data = content[position + 8 : position + 8 + length]
        if kind == b"IEND":
            return
        if _is_whole(content, position) or (kind == b"IDAT" and after > len(content)):
            yield kind, data
        elif not kind[0] & 0x20:  # critical: its name begins with a capital
            raise Damaged
        else:
            yield None, b""
            after = after if _looks_whole(content, after) else _next_whole(content, position + 8)
        position = after
    raise too_many_parts("PNG")


def _is_whole(content: bytes, position: int) -> bool:
    """Whether a chunk begins here, ends within the file and has the checksum of its content."""
    length, kind = struct.unpack_from(">I4s", content, position)
    data, end = content[position + 8 : position + 8 + length], position + 8 + length
    return content[end : end + 4] == struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _looks_whole(content: bytes, position: int) -> bool:
    kind = content[position + 4 : position + 8]
    return len(kind) == 4 and kind.isalpha()


def _next_whole(content: bytes, position: int) -> int:
    """Return where the next whole chunk of a known kind begins, after one whose length is wrong."""
    for _, found in zip(range(_MOST_TRIES), _KINDS.finditer(content, position), strict=False):
        if _is_whole(content, found.start() - 4):
            return found.start() - 4
    raise Damaged


def _rebuilt(contents: _Contents, color_type: int, depth: int) -> bytes:
    """Return a file of nothing but pixels; a hidden color is not left to the decoder, which gets it wrong."""
    chunks = [(b"IHDR", contents.header)]
    if color_type == _PALETTE:
        colors = contents.notes.get(b"PLTE", b"")[:_PALETTE_BYTES]
        missing = (1 << depth) - len(colors) // 3  # numbers beyond the palette show its last color, as in browsers
        chunks.append((b"PLTE", colors + colors[-3:] * missing))
        chunks += [(b"tRNS", contents.notes[b"tRNS"])] if b"tRNS" in contents.notes else []
    chunks += [(b"IDAT", b"".join(contents.data)), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
        for kind, data in chunks
    )


def _hidden(transparency: bytes, color_type: int, depth: int) -> tuple[int, ...] | None:
    count = {_GRAY: 1, _COLOR: 3}.get(color_type)
    if count is None or len(transparency) != 2 * count:
        return None
    return tuple(value & (1 << depth) - 1 for value in struct.unpack(f">{count}H", transparency))


def _color(notes: dict[bytes, bytes]) -> Color:
    codes = notes.get(b"cICP")
    gamma = int.from_bytes(notes.get(b"gAMA", b""), "big")
    return Color(
        codes=(codes[0], codes[1]) if codes and codes[2:] == _FULL_RANGE_RGB else None,
        profile=_profile(notes.get(b"iCCP", b"")),
        is_srgb=b"sRGB" in notes,
        chromaticities=_chromaticities(notes.get(b"cHRM", b"")),
        gamma=100_000 / gamma if gamma else None,
    )


def _chromaticities(data: bytes) -> Chromaticities | None:
    if not data:
        return None
    values = [value / 100_000 for value in struct.unpack(">8I", data)]
    if not all(values[1::2]):
        return None
    white_x, white_y, red_x, red_y, green_x, green_y, blue_x, blue_y = values
    return white_x, white_y, red_x, red_y, green_x, green_y, blue_x, blue_y


def _profile(data: bytes) -> bytes:
    """Unpack a profile, up to a bound."""
    _, _, packed = data.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], _MOST_PROFILE_BYTES)
    except zlib.error:
        return b""


def _remarks(contents: _Contents, depth: int) -> tuple[str, ...]:
    notes = []
    if b"acTL" in contents.notes and contents.first_frame_is_default:
        notes.append("Its first frame stands for the animation.")
    elif b"acTL" in contents.notes:
        notes.append("Its still picture stands for the animation.")
    if depth == 16:
        notes.append("Its 16 bits a channel were scaled to 8.")
    if contents.is_damaged:
        notes.append(_DAMAGED)
    return tuple(notes)
