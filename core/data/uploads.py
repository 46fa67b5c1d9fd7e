"""From an untrusted file to a small RGB picture.

Whatever is wrong with a file ends in an `UploadError`, whose text holds nothing of the file's own, not even its name.
Limits are checked before a decoder could allocate, and what is kept is small whatever came in.
"""

import threading
import unicodedata
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import IMAGE_SHAPE
from core.data import picture_headers
from core.errors import UploadError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
BYTES_LIMIT = 10 * 2**20
PIXELS_LIMIT = 50_000_000
LONGEST_SIDE = 1024
"""Pixels at the longest side of the pictures that are kept."""

BACKGROUND = (255, 255, 255)
"""Red, green and blue of what stands behind transparent pictures: white."""

IN_WORDS = f"PNG, JPEG, WebP, GIF or BMP, at most {BYTES_LIMIT // 2**20} MB each"
"""Which files are taken, for a label."""

NAME_LIMIT = 60
_FORMATS_IN_WORDS = "a PNG, JPEG, WebP, GIF or BMP picture"
_NAMES_OF_FORMATS = {"WEBP": "WebP"}
_PNG_DEPTH_OFFSET = 24
_SCANNED_PIXELS_LIMIT = 1_000_000_000
_LARGE_PIXELS = 12_000_000
_STRIP_PIXELS = 4_000_000
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation to the operation that undoes it; 1 is upright (Exif 2.32, section 4.6.4)."""

_one_large_picture_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upload:
    """A visitor's picture, ready to be shown and cropped.

    Attributes:
        name: the file's name as plain text: short, one line, no folder, no control characters. Show it as text, it may
            hold any other character.
        format: "PNG", "JPEG", "WebP", "GIF" or "BMP", decided by content.
        size: (width, height) of the picture as sent, upright.
        pixels: uint8 (height, width, 3), red, green, blue, range 0..255, read-only, `LONGEST_SIDE` at most.
        notes: what was done to the picture, one sentence each.
    """

    name: str
    format: str
    size: tuple[int, int]
    pixels: NDArray[np.uint8]
    notes: tuple[str, ...]


def read_image(data: bytes, name: str) -> Upload:
    """Decode an untrusted picture.

    Args:
        data: the whole file, at most 10 MB: PNG, JPEG, WebP, GIF or BMP, at most 50 megapixels.
        name: the file's name as the browser sent it; it decides nothing.

    Returns:
        The picture upright, in 8-bit red, green and blue, on white where it was transparent, the first frame of an
        animation, reduced to `LONGEST_SIDE` by averaging.

    Raises:
        UploadError: the file is too large, of another kind, damaged or cut short.
    """
    picture_format = _check_file(data)
    try:
        with Image.open(BytesIO(data), formats=(picture_format,)) as image:
            size = image.size
            _check_pixels(size)
            if picture_format == "JPEG":
                _check_scans(data, size)
            large = size[0] * size[1] > _LARGE_PIXELS
            with _one_large_picture_at_a_time if large else nullcontext():
                return _decode(image, data, picture_format, plain_name(name))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels("one with far more") from error
    except UploadError:
        raise
    except Exception as error:  # Decoders fail in any way on hostile files; each means the same to the visitor.
        raise UploadError(
            f"Expected a whole {_words(picture_format)} picture. Received one that is damaged or cut short. "
            "Save or export it again and try once more."
        ) from error


def shrink(pixels: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    """Reduce a picture by averaging so that its longest side has at most `longest_side` pixels; smaller ones stay.

    Args:
        pixels: uint8 (height, width, 3).
        longest_side: in pixels, at least 1.

    Returns:
        uint8 (height, width, 3), read-only.
    """
    height, width, _ = pixels.shape
    if max(height, width) <= longest_side:
        return _read_only(pixels)
    return _read_only(np.asarray(_reduced(Image.fromarray(pixels), longest_side)))


def square_at(size: tuple[int, int], offset: float = 0.0) -> tuple[int, int, int]:
    """Return where the largest square of a picture lies.

    Args:
        size: (width, height) in pixels.
        offset: position along the longer side, -1 (left or top) to 1 (right or bottom); 0 is the center.

    Returns:
        (left, top, side) in pixels.

    >>> square_at((40, 20))
    (10, 0, 20)
    >>> square_at((40, 20), offset=1)
    (20, 0, 20)
    """
    width, height = size
    side = min(width, height)
    share = (min(max(offset, -1.0), 1.0) + 1) / 2
    return round((width - side) * share), round((height - side) * share), side


def crop_square(pixels: NDArray[np.uint8], offset: float = 0.0) -> NDArray[np.uint8]:
    """Cut the largest square out of a picture.

    Args:
        pixels: uint8 (height, width, 3).
        offset: position along the longer side, -1 (left or top) to 1 (right or bottom); 0 is the center.

    Returns:
        uint8 (side, side, 3), side the shorter side of the picture; a view, not a copy.
    """
    height, width, _ = pixels.shape
    left, top, side = square_at((width, height), offset)
    return pixels[top : top + side, left : left + side]


def to_network_input(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring a picture to the 32 x 32 pixels that the networks see.

    Each new pixel is the mean of the pixels in its cell (box filter), so nothing is skipped; pictures smaller than
    32 x 32 have pixels repeated.

    Args:
        pixels: uint8 (height, width, 3), best a square one, else it is squeezed.

    Returns:
        uint8 (32, 32, 3), read-only.

    >>> to_network_input(np.full((640, 640, 3), 7, np.uint8)).shape
    (32, 32, 3)
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != IMAGE_SHAPE[2] or not pixels.size:
        raise ValueError(
            f"Expected a picture, uint8 (height, width, 3). Received {pixels.dtype} {pixels.shape}. "
            "Pass the pixels of an Upload."
        )
    height, width, _ = IMAGE_SHAPE
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return _read_only(np.asarray(image.resize((width, height), Image.Resampling.BOX)))


def _check_file(data: bytes) -> str:
    """Return the file's format after checking its length and kind."""
    if not data:
        raise UploadError(f"Expected {_FORMATS_IN_WORDS}. Received an empty file. Choose another file.")
    if len(data) > BYTES_LIMIT:
        raise UploadError(
            f"Expected a picture of at most {BYTES_LIMIT // 2**20} MB. Received {len(data) / 2**20:.1f} MB. "
            "Save it smaller, for example as JPEG."
        )
    picture_format = picture_headers.picture_format(data)
    if picture_format is None:
        raise UploadError(
            f"Expected {_FORMATS_IN_WORDS}. Received {picture_headers.foreign_format(data)}. "
            "Choose a picture, or export it as JPEG or PNG."
        )
    return picture_format


def _check_pixels(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > PIXELS_LIMIT:
        raise _too_many_pixels(f"{width:,} x {height:,} pixels ({width * height / 1e6:,.0f} megapixels)")
    if not width or not height:
        raise UploadError("Expected a picture. Received one without a single pixel. Choose another file.")


def _check_scans(data: bytes, size: tuple[int, int]) -> None:
    """Refuse a JPEG that is small to send and takes minutes to decode, before it is decoded."""
    if picture_headers.jpeg_scans(data) * size[0] * size[1] > _SCANNED_PIXELS_LIMIT:
        raise UploadError(
            "Expected a JPEG picture of a usual make. Received one of far too many parts. "
            "Open it in a picture editor and save it again."
        )


def _too_many_pixels(received: str) -> UploadError:
    return UploadError(
        f"Expected a picture of at most {PIXELS_LIMIT // 10**6} megapixels. Received {received}. "
        "Save it smaller and try again."
    )


def _decode(image: Image.Image, data: bytes, picture_format: str, name: str) -> Upload:
    width, height = image.size
    notes = []
    if getattr(image, "is_animated", False) and picture_format != "JPEG":  # A JPEG's further pictures are previews.
        notes.append("Its first frame stands for the animation.")
    if picture_format == "JPEG":
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    if picture_format == "PNG" and data[_PNG_DEPTH_OFFSET] == 16:
        notes.append("Its 16 bits a channel were scaled to 8.")
    if image.mode == "CMYK":
        notes.append("Its printing colors were converted without their color profile.")
    image.load()
    rgb, transparent = _to_rgb(image)
    if transparent:
        notes.append("Its transparent parts stand on white.")
    orientation = _orientation(image)
    if orientation in _UPRIGHT:
        rgb = rgb.transpose(_UPRIGHT[orientation])
        notes.append("It was turned upright, as the camera noted.")
        if orientation >= 5:
            width, height = height, width
    if rgb.size != (width, height):
        notes.append(f"It was reduced from {width:,} x {height:,} to {rgb.width:,} x {rgb.height:,} pixels.")
    return Upload(
        name=name,
        format=_words(picture_format),
        size=(width, height),
        pixels=_read_only(np.asarray(rgb)),
        notes=tuple(notes),
    )


def _to_rgb(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return a loaded picture as small RGB, and whether any of it was transparent.

    Large pictures are brought to RGB strip by strip and reduced at once, so that besides the decoded picture only a
    strip of it is held in other forms.
    """
    width, height = image.size
    factor = max(1, max(width, height) // LONGEST_SIDE)
    rows = max(factor, _STRIP_PIXELS // width // factor * factor)
    reduced = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    transparent = False
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        opaque, any_transparent = _strip_to_rgb(strip)
        transparent |= any_transparent
        reduced.paste(opaque.reduce(factor) if factor > 1 else opaque, (0, top // factor))
    return _reduced(reduced, LONGEST_SIDE), transparent


def _strip_to_rgb(strip: Image.Image) -> tuple[Image.Image, bool]:
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


def _reduced(image: Image.Image, longest_side: int) -> Image.Image:
    scale = longest_side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.HAMMING)  # averages like a box, without its dislocations


def _orientation(image: Image.Image) -> int:
    """Return the orientation that the camera noted, 1 (upright) where its note is missing or nonsense."""
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # The note is untrusted too, and a picture without it is still a picture.
        return 1
    return orientation if isinstance(orientation, int) else 1


def plain_name(name: str) -> str:
    """Return an untrusted file name as one short line of text.

    Folders, control characters, line breaks and the invisible signs that reverse the direction of text go; a long name
    keeps its beginning and its end.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(" " if character.isspace() else character for character in last)
    printable = "".join(character for character in visible if unicodedata.category(character)[0] != "C")
    plain = " ".join(printable.split())
    if len(plain) > NAME_LIMIT:
        plain = f"{plain[: NAME_LIMIT - 13]}…{plain[-12:]}"
    return plain or "unnamed"


def _words(picture_format: str) -> str:
    return _NAMES_OF_FORMATS.get(picture_format, picture_format)


def _read_only(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    view = pixels.view()
    view.flags.writeable = False
    return view
