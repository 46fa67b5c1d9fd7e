"""From a picture file taken apart to RGB pixels, within the memory that all visitors share."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image

from core.data.pictures.budget import Budget
from core.data.pictures.parts import Damaged, Parts, Size
from core.errors import UploadError

BUDGET = Budget(400 * 2**20)
"""What decoding takes at once, for the whole server."""

PIXELS_LIMIT = 50_000_000
SIDE_LIMIT = 30_000

BACKGROUND = (255, 255, 255)
"""Red, green and blue of what stands behind transparent pictures: white."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

_STRIP_PIXELS = 1_000_000
_STRIP_BYTES = 20
_SCALES = (8, 4, 2, 1)
_NO_DATA = 128
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Exif orientation to the operation that undoes it; 1 is upright (Exif 2.32, section 4.6.4)."""


def check(parts: Parts, words: str) -> None:
    """Refuse a picture that takes more room or time than one visitor's may; nothing is decoded for it.

    Args:
        parts: the picture.
        words: what its format is called.

    Raises:
        UploadError: it has too many pixels, too long a side, too many passes or no pixel at all.
    """
    width, height = parts.size
    if not width or not height:
        raise UploadError("Expected a picture. Received one without a single pixel. Choose another file.")
    most = min(PIXELS_LIMIT, _most_pixels(parts))
    if width * height > most:
        raise UploadError(
            f"Expected a {words} picture of at most {most // 10**6} megapixels. Received {width:,} x {height:,} pixels "
            f"({width * height / 1e6:,.0f} megapixels). Save it smaller and try again."
        )
    if max(width, height) > SIDE_LIMIT:
        raise UploadError(
            f"Expected a picture of at most {SIDE_LIMIT:,} pixels along a side. "
            f"Received {width:,} x {height:,} pixels. Cut it or save it smaller."
        )


def whole(parts: Parts, longest_side: int) -> tuple[Image.Image, bool]:
    """Decode a whole picture.

    Args:
        parts: the picture, checked.
        longest_side: in pixels; larger pictures are reduced to it by averaging.

    Returns:
        RGB, upright, on white; and whether any of it was transparent.

    Raises:
        Exception: of any kind, where the file is damaged.
    """
    reduced, transparent = _reduced(parts, (0, 0, *parts.size), longest_side)
    return _upright(shrunk(reduced, longest_side), parts.orientation), transparent


def square(parts: Parts, place: tuple[int, int, int], least_side: int) -> Image.Image:
    """Decode a square of a picture.

    Args:
        parts: the picture, checked.
        place: left, top and side in pixels of the upright picture.
        least_side: in pixels; a larger square may be reduced by averaging, never below this.

    Returns:
        RGB, upright, on white, square.
    """
    left, top, side = place
    box = _stored((left, top, left + side, top + side), parts)
    return _upright(_reduced(parts, box, least_side)[0], parts.orientation)


def shrunk(image: Image.Image, longest_side: int) -> Image.Image:
    """Reduce a picture by averaging so that its longest side has at most `longest_side` pixels; smaller ones stay."""
    scale = longest_side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.HAMMING)  # averages like a box, without its dislocations


def upright_size(parts: Parts) -> Size:
    """Return width and height of the picture as it is shown."""
    width, height = parts.size
    return (height, width) if parts.orientation >= 5 else (width, height)


def _reduced(parts: Parts, box: Box, least_side: int) -> tuple[Image.Image, bool]:
    """Return a part of a picture as RGB, its longest side at least `least_side` where it has as many pixels.

    It is brought to RGB strip by strip and reduced at once, so that besides the decoded picture only a strip of it is
    held in other forms.
    """
    scale = _scale(parts, box, least_side)
    with BUDGET.take(_room(parts, scale)), _loaded(parts, scale) as image:
        left, top, right, bottom = (round(edge / scale) for edge in box)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        factor = max(1, max(right - left, bottom - top) // least_side)
        rows = max(factor, _STRIP_PIXELS // (right - left) // factor * factor)
        reduced = Image.new("RGB", (-(-(right - left) // factor), -(-(bottom - top) // factor)))
        transparent = False
        for row in range(top, bottom, rows):
            opaque, any_transparent = _to_rgb(image.crop((left, row, right, min(row + rows, bottom))))
            transparent |= any_transparent
            reduced.paste(opaque.reduce(factor) if factor > 1 else opaque, (0, (row - top) // factor))
    return reduced, transparent


@contextmanager
def _loaded(parts: Parts, scale: int) -> Iterator[Image.Image]:
    with Image.open(BytesIO(parts.content), formats=(parts.format,)) as image:
        stored = _frame_size(parts)
        if image.size != stored:  # the checks were about another size
            raise Damaged
        if scale > 1:
            image.draft(None, (stored[0] // scale, stored[1] // scale))
        image.load()
        if parts.unfinished_unit is not None:
            _check_end(image, parts.unfinished_unit, scale)
        yield _on_screen(image, parts)


def _frame_size(parts: Parts) -> Size:
    if parts.frame is None:
        return parts.size
    left, top, right, bottom = parts.frame
    return right - left, bottom - top


def _on_screen(frame: Image.Image, parts: Parts) -> Image.Image:
    """Return the frame where it stands on its screen, with nothing around it."""
    if parts.frame is None or parts.frame == (0, 0, *parts.size):
        return frame
    screen = Image.new("RGBA", parts.size)
    screen.paste(frame.convert("RGBA"), parts.frame[:2])
    return screen


def _check_end(image: Image.Image, unit: Size, scale: int) -> None:
    """Refuse a JPEG of which more is missing than its end: what has no data comes out as blocks of middle gray.

    Raises:
        Damaged: more than a hundredth of the blocks are missing.
    """
    across, down = max(1, unit[0] // scale), max(1, unit[1] // scale)
    columns, rows = -(-image.width // across), -(-image.height // down)
    missing = 0
    for row in reversed(range(rows)):
        band = np.asarray(image.crop((0, row * down, image.width, min((row + 1) * down, image.height))))
        filled = (band.reshape(*band.shape[:2], -1) != _NO_DATA).any(axis=(0, 2)).nonzero()[0]
        missing += columns - (int(filled[-1]) // across + 1 if len(filled) else 0)
        if len(filled) or missing > columns * rows // 100 + 1:
            break
    if missing > columns * rows // 100 + 1:
        raise Damaged


def _scale(parts: Parts, box: Box, least_side: int) -> int:
    """Return how much smaller the decoder may give the picture: only JPEG's decoder can."""
    if parts.format != "JPEG":
        return 1
    longest = max(box[2] - box[0], box[3] - box[1])
    fine = next((scale for scale in _SCALES if longest // scale >= least_side), 1)
    return next((scale for scale in reversed(_SCALES) if scale >= fine and _room(parts, scale) <= BUDGET.total), 8)


def _room(parts: Parts, scale: int = 1) -> int:
    pixels = parts.size[0] * parts.size[1]
    return int(
        pixels * (parts.decoder_bytes + parts.pixel_bytes / scale**2) + min(pixels, _STRIP_PIXELS) * _STRIP_BYTES
    )


def _most_pixels(parts: Parts) -> int:
    scale = _SCALES[0] if parts.format == "JPEG" else 1
    room = BUDGET.total - _STRIP_PIXELS * _STRIP_BYTES
    return int(room / (parts.decoder_bytes + parts.pixel_bytes / scale**2))


def _to_rgb(strip: Image.Image) -> tuple[Image.Image, bool]:
    if strip.mode.startswith("I"):
        return _deep_grey_to_rgb(strip)
    if not strip.has_transparency_data:
        return strip.convert("RGB"), False
    with_alpha = strip.convert("RGBA")
    alpha = with_alpha.getchannel("A")
    opaque = Image.new("RGB", strip.size, BACKGROUND)
    opaque.paste(with_alpha, mask=alpha)
    return opaque, alpha.getextrema()[0] < 255  # type: ignore[operator]


def _deep_grey_to_rgb(strip: Image.Image) -> tuple[Image.Image, bool]:
    """Scale 16-bit gray, range 0..65535, to 8 bits; Pillow's own conversion would clip it at 255."""
    values = np.asarray(strip).astype(np.uint32)
    grey = ((np.minimum(values, 65535) * 255 + 32767) // 65535).astype(np.uint8)
    pixels = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    transparent = strip.info.get("transparency")
    hidden = values == transparent if isinstance(transparent, int) else np.zeros(values.shape, bool)
    pixels[hidden] = BACKGROUND
    return Image.fromarray(pixels), bool(hidden.any())


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def _stored(box: Box, parts: Parts) -> Box:
    """Return where a box of the upright picture lies in the stored one."""
    left, top, right, bottom = box
    width, height = parts.size
    if parts.orientation >= 5:
        left, top, right, bottom = top, left, bottom, right
    if parts.orientation in (2, 3, 7, 8):
        left, right = width - right, width - left
    if parts.orientation in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return left, top, right, bottom
