"""From a picture file taken apart to RGB pixels, within the memory that all visitors share."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from core.data.pictures.budget import Budget
from core.data.pictures.color import to_srgb
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
_PALETTE_BYTES = 3 * 256
_LOW_BYTES = "RGB;16L"
"""Pillow keeps the high byte of deep values; reading them in the other order gives the low one."""
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
            f"Expected {'an' if words == 'AVIF' else 'a'} {words} picture of at most {most // 10**6} megapixels. "
            f"Received {width:,} x {height:,} pixels "
            f"({width * height / 1e6:,.0f} megapixels). Save it smaller and try again."
        )
    if max(width, height) > SIDE_LIMIT:
        raise UploadError(
            f"Expected a picture of at most {SIDE_LIMIT:,} pixels along a side. "
            f"Received {width:,} x {height:,} pixels. Cut it or save it smaller."
        )


def whole(parts: Parts, longest_side: int) -> tuple[Image.Image, tuple[str, ...]]:
    """Decode a whole picture.

    Args:
        parts: the picture, checked.
        longest_side: in pixels; larger pictures are reduced to it by averaging.

    Returns:
        sRGB, upright, on white; and what was done to it, one sentence each.

    Raises:
        Exception: of any kind, where the file is damaged.
    """
    shown, notes = _on_white(shrunk(_reduced(parts, (0, 0, *parts.size), longest_side), longest_side), parts)
    return _upright(shown, parts.orientation), notes


def square(parts: Parts, place: tuple[int, int, int], least_side: int) -> Image.Image:
    """Decode a square of a picture.

    Args:
        parts: the picture, checked.
        place: left, top and side in pixels of the upright picture.
        least_side: in pixels; a larger square may be reduced by averaging, never below this.

    Returns:
        sRGB, upright, on white, square.
    """
    left, top, side = place
    box = _stored((left, top, left + side, top + side), parts)
    return _upright(_on_white(_reduced(parts, box, least_side), parts)[0], parts.orientation)


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


def _reduced(parts: Parts, box: Box, least_side: int) -> Image.Image:
    """Return a part of a picture, its longest side at least `least_side` where it has as many pixels.

    Its mode is L, RGB, CMYK, or RGBA where it may be transparent; colors are still those of the file. It is brought
    to that mode strip by strip and reduced at once, so that besides the decoded picture only a strip of it is held in
    other forms.
    """
    scale = _scale(parts, box, least_side)
    with BUDGET.take(_room(parts, scale)), _loaded(parts, scale) as layers:
        left, top, right, bottom = (round(edge / scale) for edge in box)
        right, bottom = max(right, left + 1), max(bottom, top + 1)
        factor = max(1, max(right - left, bottom - top) // least_side)
        rows = max(factor, _STRIP_PIXELS // (right - left) // factor * factor)
        strips = []
        for row in range(top, bottom, rows):
            place = (left, row, right, min(row + rows, bottom))
            strip = _in_mode([layer.crop(place) for layer in layers], parts)
            strips.append(strip.reduce(factor) if factor > 1 else strip)
    reduced = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for number, strip in enumerate(strips):
        reduced.paste(strip, (0, number * (rows // factor)))
    return reduced


def _on_white(image: Image.Image, parts: Parts) -> tuple[Image.Image, tuple[str, ...]]:
    """Convert a reduced picture to sRGB on white, and say what that changed."""
    notes = []
    colors, alpha = (image.convert("RGB"), image.getchannel("A")) if image.mode == "RGBA" else (image, None)
    if alpha is not None and parts.is_gray:
        colors = colors.getchannel("R")
    shown, changed = to_srgb(colors, parts.color)
    if changed:
        notes.append("Its colors were converted to sRGB, as its file describes them.")
    elif image.mode == "CMYK":
        notes.append("Its printing colors were converted without their color profile.")
    if alpha is not None and alpha.getextrema()[0] < 255:  # type: ignore[operator]
        notes.append("Its transparent parts stand on white.")
        opaque = Image.new("RGB", shown.size, BACKGROUND)
        opaque.paste(shown, mask=alpha)
        shown = opaque
    return shown, tuple(notes)


@contextmanager
def _loaded(parts: Parts, scale: int) -> Iterator[list[Image.Image]]:
    """Decode a picture; a second layer holds the low bytes of deep colors where they decide on transparency."""
    with _opened(parts) as image, _opened(parts) as low:
        if scale > 1:
            image.draft(None, (image.width // scale, image.height // scale))
        image.load()
        if parts.unfinished_unit is not None:
            _check_end(image, parts.unfinished_unit, scale)
        layers = [_on_screen(_with_whole_palette(image), parts)]
        if parts.hidden is not None and parts.depth == 16 and image.mode == "RGB":
            low.tile = [tile._replace(args=_LOW_BYTES) for tile in low.tile]
            low.load()
            layers.append(low)
        yield layers


@contextmanager
def _opened(parts: Parts) -> Iterator[ImageFile.ImageFile]:
    with Image.open(BytesIO(parts.content), formats=(parts.format,)) as image:
        if image.size != _frame_size(parts):  # the checks were about another size
            raise Damaged
        yield image


def _with_whole_palette(image: Image.Image) -> Image.Image:
    """Give indices beyond the palette black, as browsers do, where Pillow gives them shades of gray."""
    if image.mode == "P":
        colors = image.im.getpalette("RGB", "RGB")
        image.putpalette(colors + bytes(_PALETTE_BYTES - len(colors)))
    return image


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


def _in_mode(layers: list[Image.Image], parts: Parts) -> Image.Image:
    """Bring a strip to L, RGB or CMYK, or to RGBA where it may be transparent."""
    strip = layers[0]
    if parts.hidden is not None and strip.mode in ("1", "L", "I;16", "RGB"):
        alpha = Image.fromarray(np.where(_is_hidden(layers, parts), 0, 255).astype(np.uint8))
        opaque = _eight_bits(strip).convert("RGB")
        opaque.putalpha(alpha)
        return opaque
    if strip.has_transparency_data:
        return strip.convert("RGBA")
    strip = _eight_bits(strip)
    return strip if strip.mode in ("L", "RGB", "CMYK") else strip.convert("L" if strip.mode == "1" else "RGB")


def _eight_bits(strip: Image.Image) -> Image.Image:
    """Scale 16-bit gray, range 0..65535, to 8 bits; Pillow's own conversion would clip it at 255."""
    if not strip.mode.startswith("I"):
        return strip
    values = np.minimum(np.asarray(strip).astype(np.uint32), 65535)
    return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))


def _is_hidden(layers: list[Image.Image], parts: Parts) -> NDArray[np.bool_]:
    """Return where a strip has the value that stands for transparency, in the depth of the file."""
    assert parts.hidden is not None
    values = np.asarray(layers[0]).astype(np.uint16)
    if layers[0].mode == "RGB" and parts.depth == 16:
        values = values << 8 | np.asarray(layers[1])
    elif parts.depth < 8 and layers[0].mode == "L":
        values //= 255 // (2**parts.depth - 1)  # the decoder has spread them over 0..255
    hidden = np.array(parts.hidden, np.uint16)
    return (values == hidden).all(axis=-1) if values.ndim == 3 else values == hidden[0]


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
