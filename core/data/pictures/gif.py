"""Takes GIF files apart: the first frame, its colors and where it stands on the screen.

Source: CompuServe, Graphics Interchange Format, version 89a.
"""

import struct
from dataclasses import dataclass

from core.data.pictures.parts import Damaged, Parts, too_many_parts

_EXTENSION, _IMAGE = 0x21, 0x2C
_GRAPHIC_CONTROL, _INTERLACED = 0xF9, 0x40
_MOST_BLOCKS = 200_000
"""Blocks hold up to 255 bytes, so 10 MB of whole ones are about 40,000."""


def read(content: bytes) -> Parts:
    """Take a GIF file apart.

    Raises:
        Damaged: the file ends before its first frame does.
        UploadError: it is made of far too many parts.
    """
    reader = _Reader(content)
    screen = reader.take(13)
    colors, control = reader.colors(screen[10]), b""
    while (kind := reader.take(1)[0]) == _EXTENSION:
        label = reader.take(1)
        blocks = reader.blocks()
        if label[0] == _GRAPHIC_CONTROL:
            control = b"\x21" + label + blocks
    if kind != _IMAGE:
        raise Damaged
    frame = reader.take(9)
    colors = reader.colors(frame[8]) or colors
    data = reader.take(1) + reader.blocks()
    left, top, width, height = struct.unpack_from("<4H", frame)
    screen_width, screen_height = struct.unpack_from("<HH", screen, 6)
    place = b"\x2c" + struct.pack("<4HB", 0, 0, width, height, frame[8] & _INTERLACED)
    size = struct.pack("<HH", width, height)
    return Parts(
        format="GIF",
        content=b"".join([b"GIF89a", size, _flags(colors), b"\0\0", colors, control, place, data, b"\x3b"]),
        size=(max(screen_width, left + width), max(screen_height, top + height)),
        frame=(left, top, left + width, top + height),
        pixel_bytes=1,
        decoder_bytes=0.0 if (left, top, width, height) == (0, 0, screen_width, screen_height) else 8.0,
        notes=("Its first frame stands for the animation.",) if reader.has_another_frame() else (),
    )


def _flags(colors: bytes) -> bytes:
    """Return the byte that says how many colors follow, two to a power."""
    return bytes([0x80 | (len(colors) // 3).bit_length() - 2]) if colors else b"\0"


@dataclass(slots=True)
class _Reader:
    content: bytes
    position: int = 0
    blocks_left: int = _MOST_BLOCKS

    def take(self, count: int) -> bytes:
        taken = self.content[self.position : self.position + count]
        if len(taken) < count:
            raise Damaged
        self.position += count
        return taken

    def colors(self, flags: int) -> bytes:
        """Take a color table, where the flags say that there is one."""
        return self.take(3 << ((flags & 7) + 1)) if flags & 0x80 else b""

    def blocks(self) -> bytes:
        """Take a chain of blocks, each with its length before it, to its empty end."""
        start, length = self.position, 1
        while length:
            length = self.take(1)[0]
            self.take(length)
            self.blocks_left -= 1
            if self.blocks_left < 0:
                raise too_many_parts("GIF")
        return self.content[start : self.position]

    def has_another_frame(self) -> bool:
        """Look whether a second frame begins after the first."""
        try:
            while (kind := self.take(1)[0]) == _EXTENSION:
                self.take(1)
                self.blocks()
        except Damaged:
            return False
        return kind == _IMAGE
