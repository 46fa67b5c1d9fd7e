"""What a reader finds in a picture file before anything is decoded, and the sentences with which files are refused.

Each format has one reader beside this file: `read(content) -> Parts`. It takes the file apart in a bounded number of
steps and hands the decoder only what makes up the pixels, so that no decoder ever sees a flood of comments, a
compressed text of gigabytes or a damaged remark.
"""

import struct
from dataclasses import dataclass

from core.data.pictures.color import UNDESCRIBED, Color
from core.errors import UploadError

Size = tuple[int, int]
"""Width and height in pixels."""

_ORIENTATION_TAG = 0x0112
_SHORT = 3
_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A picture file taken apart.

    Attributes:
        format: "PNG", "JPEG", "WEBP", "GIF" or "BMP", as Pillow calls it.
        content: a whole file of that format, with nothing in it but what makes up the pixels.
        size: width and height of the picture as stored, not yet upright.
        pixel_bytes: bytes that one decoded pixel takes.
        decoder_bytes: bytes a pixel that the decoder needs beside the picture, whatever its scale.
        passes: how often the decoder goes over all pixels.
        frame: where the decoded pixels stand on the picture, (left, top, right, bottom); None: they are the picture.
        unfinished_unit: width and height of the blocks that a JPEG's decoder fills at once, where its end is missing.
        orientation: Exif orientation, 1 (upright) to 8.
        color: how its colors are described.
        hidden: the value, one number a channel in the depth of the file, that stands for transparency.
        depth: bits a channel.
        is_gray: whether it has no colors.
        notes: what the visitor should know, one sentence each.
    """

    format: str
    content: bytes
    size: Size
    pixel_bytes: int
    decoder_bytes: float = 0.0
    passes: int = 1
    frame: tuple[int, int, int, int] | None = None
    unfinished_unit: Size | None = None
    orientation: int = 1
    color: Color = UNDESCRIBED
    hidden: tuple[int, ...] | None = None
    depth: int = 8
    is_gray: bool = False
    notes: tuple[str, ...] = ()


class Damaged(Exception):
    """The file is no whole picture; whoever catches this says so to the visitor."""


def too_many_parts(kind: str) -> UploadError:
    """Return the refusal of a file that is made to cost its reader more than any picture does."""
    return UploadError(
        f"Expected a {kind} picture of a usual make. Received one of far too many parts. "
        "Open it in a picture editor and save it again."
    )


def orientation(exif: bytes) -> int:
    """Return the orientation that a camera noted, 1 (upright) to 8; 1 where its note is missing or nonsense.

    Args:
        exif: the note, a TIFF header and its first directory, with or without "Exif" before it.

    Source: Exif 2.32, section 4.6.4; TIFF 6.0, section 2.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, _MOST_ENTRIES)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION_TAG:
                return int(value) if kind == _SHORT and 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
