"""Looks at HEIC and AVIF files, what phones send today: size and colors; their decoders take them apart themselves.

Source: ISO/IEC 23008-12 and 14496-12, section 12.1.5 (`colr`).
"""

import re
import struct
from dataclasses import replace
from io import BytesIO

import pi_heif
from PIL import Image

from core.data.pictures import boxes
from core.data.pictures.color import SRGB_TRANSFER, UNDESCRIBED, VIDEO_TRANSFERS, Color
from core.data.pictures.parts import Damaged, Parts, orientation, too_many_parts

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

_CODES = re.compile(rb"colrnclx(.{7})", re.DOTALL)
_HEADERS_BYTES = 2**16
_FIRST_FRAME = "Its first frame stands for the animation."
_PADDING = 64
"""Pixels that a coded picture may be larger than what is shown of it: coders fill up whole blocks."""

_MOST_DECODED, _TILE_PIXELS = 2, 4_000_000
"""Pixels that a picture's parts may have in all: for each of its own, and for tiles that lie partly outside."""

_DECODER_BYTES, _DEEP_BYTES = {"HEIF": 4.0, "AVIF": 8.0}, 5.0
"""Planes of the coded picture, their copy in RGB, and what is handed over."""


def read_heic(content: bytes) -> Parts:
    """Look at a HEIC file; its decoder turns it upright itself.

    Raises:
        Exception: of any kind, where the file is damaged.
    """
    if content[8:12] == b"miaf":  # a rule that many files follow, which some take for a name; the decoder does not
        content = content[:8] + b"mif1" + content[12:]
    return _read(content, "HEIF")


def read_avif(content: bytes) -> Parts:
    """Look at an AVIF file; of a film it is the still picture.

    Raises:
        Exception: of any kind, where the file is damaged.
    """
    still = boxes.without_film(content)
    coded = boxes.largest_coded_size(still)
    parts = _read(still, "AVIF")
    if coded[0] > parts.size[0] + _PADDING or coded[1] > parts.size[1] + _PADDING:
        raise Damaged
    notes = (_FIRST_FRAME,) if still != content else ()
    return replace(parts, notes=notes)


def _read(content: bytes, picture_format: str) -> Parts:
    with Image.open(BytesIO(content), formats=(picture_format,)) as image:  # it looks at no pixel yet
        words = "HEIC" if picture_format == "HEIF" else picture_format
        if boxes.decoded_pixels(content, words) > _MOST_DECODED * image.width * image.height + _TILE_PIXELS:
            raise too_many_parts(words)
        deep = image.info.get("bit_depth", 8) > 8
        return Parts(
            format=picture_format,
            content=content,
            size=image.size,
            pixel_bytes=4,
            decoder_bytes=_DECODER_BYTES[picture_format] + _DEEP_BYTES * deep,
            orientation=orientation(image.info.get("exif", b"")) if picture_format == "AVIF" else 1,
            color=_color(content, image.info.get("icc_profile") or b""),
            notes=(_FIRST_FRAME,) if getattr(image, "is_animated", False) else (),
        )


def _color(content: bytes, profile: bytes) -> Color:
    if profile:
        return Color(profile=profile)
    codes = _CODES.search(content, 0, _HEADERS_BYTES)
    if codes is None:
        return UNDESCRIBED
    primaries, transfer = struct.unpack_from(">HH", codes[1])
    return Color(codes=(primaries, SRGB_TRANSFER if transfer in VIDEO_TRANSFERS else transfer))
