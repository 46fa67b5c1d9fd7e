"""From an untrusted file to a small RGB picture.

Whatever is wrong with a file ends in an `UploadError`, whose text holds nothing of the file's own, not even its name.
Limits are checked before a decoder could allocate, and what is kept is small whatever came in.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import IMAGE_SHAPE
from core.data.pictures import bmp, decoding, gif, heif, jpeg, kinds, png, webp
from core.data.pictures.parts import Parts, Size, too_many_parts
from core.errors import UploadError

BYTES_LIMIT = 10 * 2**20
LONGEST_SIDE = 1024
"""Pixels at the longest side of the pictures that are shown."""

IN_WORDS = f"JPEG, HEIC, PNG, WebP, AVIF, GIF or BMP, at most {BYTES_LIMIT // 2**20} MB each"
"""Which files are taken, for a label."""

NAME_LIMIT = 60
READERS: dict[str, Callable[[bytes], Parts]] = {
    "PNG": png.read,
    "JPEG": jpeg.read,
    "WEBP": webp.read,
    "GIF": gif.read,
    "BMP": bmp.read,
    "HEIF": heif.read_heic,
    "AVIF": heif.read_avif,
}
"""Format to what takes its files apart."""

_FORMATS_IN_WORDS = "a JPEG, HEIC, PNG, WebP, AVIF, GIF or BMP picture"
_NAMES_OF_FORMATS = {"WEBP": "WebP", "HEIF": "HEIC"}
_SCANNED_PIXELS_LIMIT = 600_000_000
_FINE_SIDE = 256
"""Pixels along a square that is brought to the network's 32: eight for each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upload:
    """A visitor's picture, ready to be shown and cropped.

    Attributes:
        name: the file's name as plain text: short, one line, no folder, no control characters. Show it as text, it may
            hold any other character.
        format: "JPEG", "HEIC", "PNG", "WebP", "AVIF", "GIF" or "BMP", decided by content.
        size: (width, height) of the picture as sent, upright.
        pixels: uint8 (height, width, 3), red, green, blue, range 0..255, read-only, `LONGEST_SIDE` at most.
        notes: what was done to the picture, one sentence each.
        parts: the file itself, for `square_input`.
    """

    name: str
    format: str
    size: Size
    pixels: NDArray[np.uint8]
    notes: tuple[str, ...]
    parts: Parts


def read_image(data: bytes, name: str) -> Upload:
    """Decode an untrusted picture.

    It waits while pictures of other visitors take the room that decoding may take in all.

    Args:
        data: the whole file, at most 10 MB: JPEG, HEIC, PNG, WebP, AVIF, GIF or BMP, at most 50 megapixels.
        name: the file's name as the browser sent it; it decides nothing.

    Returns:
        The picture upright, in 8-bit red, green and blue, on white where it was transparent, the first frame of an
        animation, reduced to `LONGEST_SIDE` by averaging.

    Raises:
        UploadError: the file is too large, of another kind, damaged or cut short.
    """
    picture_format = _check_file(data)
    with _explained(picture_format):
        parts = _taken_apart(data, picture_format)
        image, notes = decoding.whole(parts, LONGEST_SIDE)
    return Upload(
        name=plain_name(name),
        format=_words(picture_format),
        size=decoding.upright_size(parts),
        pixels=_read_only(np.asarray(image)),
        notes=_notes(parts, image.size, notes),
        parts=parts,
    )


def read_square(data: bytes) -> NDArray[np.uint8]:
    """Decode the largest square in the middle of an untrusted picture, as the networks see it.

    Args:
        data: the whole file, as for `read_image`.

    Returns:
        uint8 (32, 32, 3), read-only.

    Raises:
        UploadError: the file is too large, of another kind, damaged or cut short.
    """
    picture_format = _check_file(data)
    with _explained(picture_format):
        parts = _taken_apart(data, picture_format)
        return square_input(parts, square_at(decoding.upright_size(parts)))


def square_input(parts: Parts, place: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Bring a square of a picture to the 32 x 32 pixels that the networks see, from the picture's own pixels.

    Args:
        parts: of an `Upload`.
        place: (left, top, side) in pixels of the upright picture, inside it.

    Returns:
        uint8 (32, 32, 3), read-only; each pixel is the mean of the pixels in its cell.
    """
    return to_network_input(np.asarray(decoding.square(parts, place, _FINE_SIDE)))


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
    return _read_only(np.asarray(decoding.shrunk(Image.fromarray(pixels), longest_side)))


def square_at(size: tuple[int, int]) -> tuple[int, int, int]:
    """Return left, top and side of the largest square in the middle of a picture of (width, height), in pixels.

    >>> square_at((40, 20))
    (10, 0, 20)
    """
    width, height = size
    side = min(width, height)
    return round((width - side) / 2), round((height - side) / 2), side


def crop_square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut the largest square out of the middle of a picture.

    Args:
        pixels: uint8 (height, width, 3).

    Returns:
        uint8 (side, side, 3), side the shorter side of the picture; a view, not a copy.
    """
    height, width, _ = pixels.shape
    left, top, side = square_at((width, height))
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
    picture_format = kinds.picture_format(data)
    if picture_format is None:
        raise UploadError(
            f"Expected {_FORMATS_IN_WORDS}. Received {kinds.foreign_format(data)}. "
            "Choose a picture, or export it as JPEG or PNG."
        )
    return picture_format


def _taken_apart(data: bytes, picture_format: str) -> Parts:
    """Return what makes up the pixels of a file, after checking how much there is to decode."""
    parts = READERS[picture_format](data)
    decoding.check(parts, _words(picture_format))
    _check_passes(parts)
    return parts


@contextmanager
def _explained(picture_format: str) -> Iterator[None]:
    """Turn whatever goes wrong with a file of this format into an UploadError."""
    try:
        yield
    except UploadError:
        raise
    except Image.DecompressionBombError as error:
        raise UploadError(
            f"Expected a picture of at most {decoding.PIXELS_LIMIT // 10**6} megapixels. Received one with far more. "
            "Save it smaller and try again."
        ) from error
    except Exception as error:  # Decoders fail in any way on hostile files; each means the same to the visitor.
        raise UploadError(
            f"Expected a whole {_words(picture_format)} picture. Received one that is damaged or cut short. "
            "Save or export it again, for example as JPEG, and try once more."
        ) from error


def _check_passes(parts: Parts) -> None:
    """Refuse a JPEG that is small to send and takes minutes to decode, before it is decoded."""
    if parts.passes * parts.size[0] * parts.size[1] > _SCANNED_PIXELS_LIMIT:
        raise too_many_parts(_words(parts.format))


def _notes(parts: Parts, shown: Size, decoded: tuple[str, ...]) -> tuple[str, ...]:
    notes = [*parts.notes, *decoded]
    if parts.orientation > 1:
        notes.append("It was turned upright, as the camera noted.")
    width, height = decoding.upright_size(parts)
    if shown != (width, height):
        notes.append(f"It was reduced from {width:,} x {height:,} to {shown[0]:,} x {shown[1]:,} pixels.")
    return tuple(notes)


def plain_name(name: str) -> str:
    """Return an untrusted file name without its folders, as `one_line` of text."""
    return one_line(name.replace("\\", "/").rpartition("/")[2]) or "unnamed"


def one_line(name: str) -> str:
    """Return an untrusted name as one short line of text.

    Control characters, line breaks and the invisible signs that reverse the direction of text go; a long name keeps its
    beginning and its end.

    >>> one_line("photo\u202egnp.exe")
    'photognp.exe'
    """
    visible = "".join(" " if character.isspace() else character for character in name)
    printable = "".join(character for character in visible if unicodedata.category(character)[0] != "C")
    plain = " ".join(printable.split())
    return plain if len(plain) <= NAME_LIMIT else f"{plain[: NAME_LIMIT - 13]}…{plain[-12:]}"


def _words(picture_format: str) -> str:
    return _NAMES_OF_FORMATS.get(picture_format, picture_format)


def _read_only(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    view = pixels.view()
    view.flags.writeable = False
    return view
