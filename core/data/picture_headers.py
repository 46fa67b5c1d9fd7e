"""What the first bytes of an untrusted picture tell, read before any decoder sees them."""

import re
import struct
from collections.abc import Iterator

_SIGNATURES = (
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("GIF", 0, b"GIF87a"),
    ("GIF", 0, b"GIF89a"),
    ("WEBP", 8, b"WEBP"),
    ("BMP", 0, b"BM"),
)

_FOREIGN_SIGNATURES = (
    ("a HEIC or AVIF picture", 4, b"ftyphei"),
    ("a HEIC or AVIF picture", 4, b"ftypmif1"),
    ("a HEIC or AVIF picture", 4, b"ftypavif"),
    ("a film", 4, b"ftyp"),
    ("a TIFF picture", 0, b"II*\x00"),
    ("a TIFF picture", 0, b"MM\x00*"),
    ("a PDF document", 0, b"%PDF"),
    ("a ZIP archive or office document", 0, b"PK\x03\x04"),
    ("a Photoshop file", 0, b"8BPS"),
    ("an icon", 0, b"\x00\x00\x01\x00"),
    ("an SVG drawing", 0, b"<svg"),
    ("an SVG drawing or web page", 0, b"<"),
)

_PNG_DEPTH_OFFSET = 24
_PARTS_LIMIT = 20_000
_GIF_PARTS_LIMIT = 100_000  # A block of data holds at most 255 bytes.
_RUN_LENGTH_LIMIT = 2**20

_JPEG_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd8-\xfe])", re.DOTALL)  # neither stuffing nor a restart
_JPEG_FILL_LIMIT = 1000
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_GIF_DATA, _GIF_EXTENSION, _GIF_FRAME, _GIF_END = 0x00, 0x21, 0x2C, 0x3B


def picture_format(content: bytes) -> str | None:
    """Return "PNG", "JPEG", "WEBP", "GIF" or "BMP", decided by content alone, or None for anything else.

    >>> picture_format(b"GIF89a...")
    'GIF'
    """
    return _first_match(content, _SIGNATURES)


def foreign_format(content: bytes) -> str:
    """Return in words what a file that is none of the five seems to be.

    >>> foreign_format(b"%PDF-1.7")
    'a PDF document'
    """
    return _first_match(content, _FOREIGN_SIGNATURES) or "a file of another kind"


def declared_size(content: bytes, picture_format: str) -> tuple[int, int] | None:
    """Return (width, height) in pixels as the header declares them: some decoders make room before they tell.

    Returns:
        The size, or None where the header is damaged, which the decoders notice by themselves.
    """
    read = {"PNG": _png_size, "JPEG": _jpeg_size, "WEBP": _webp_size, "GIF": _gif_size, "BMP": _bmp_size}
    try:
        return read[picture_format](content)
    except (struct.error, IndexError):
        return None


def is_intricate(content: bytes, picture_format: str) -> bool:
    """Return whether a file is made of so many parts that only walking through them would keep a decoder busy.

    No program writes such pictures: a million empty comments, or run lengths of one byte each.
    """
    check = {"PNG": _is_intricate_png, "JPEG": _is_intricate_jpeg, "GIF": _is_intricate_gif, "BMP": _is_intricate_bmp}
    return picture_format in check and check[picture_format](content)


def bits_per_channel(content: bytes, picture_format: str) -> int:
    """Return how many bits each channel has: up to 16 in PNG, 8 elsewhere."""
    if picture_format == "PNG" and len(content) > _PNG_DEPTH_OFFSET:
        return content[_PNG_DEPTH_OFFSET]
    return 8


def jpeg_scans(content: bytes) -> int:
    """Return how many times a JPEG file passes over the picture; a progressive one usually does so about ten times.

    Each pass costs time in proportion to the whole picture, however few bytes it has.

    Source: ITU-T T.81, annex B.
    """
    return sum(marker == _JPEG_SCAN for marker, _, _ in _jpeg_segments(content))


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each segment's marker, the number of fill bytes before it, and the position of its length."""
    position = 2
    while found := _JPEG_MARKER.search(content, position):
        marker = found[1][0]
        if marker == _JPEG_END:
            return
        yield marker, found.end() - found.start() - 2, found.end()
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")


def _first_match(content: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, start, bytes_ in signatures if content.startswith(bytes_, start)), None)


def _png_size(content: bytes) -> tuple[int, int]:
    """Read the header chunk, which comes first (PNG, third edition, section 11.2.1)."""
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Read the frame header (ITU-T T.81, section B.2.2)."""
    for marker, _, position in _jpeg_segments(content):
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 3)
            return width, height
    return None


def _bmp_size(content: bytes) -> tuple[int, int]:
    """Read the bitmap header; a negative height means that the top row comes first."""
    (header_length,) = struct.unpack_from("<I", content, 14)
    width, height = struct.unpack_from("<HH" if header_length == 12 else "<ii", content, 18)
    return abs(width), abs(height)


def _is_intricate_png(content: bytes) -> bool:
    position = 8
    for _ in range(_PARTS_LIMIT):
        if position >= len(content) or content[position + 4 : position + 8] == b"IEND":
            return False
        position += 12 + int.from_bytes(content[position : position + 4], "big")
    return True


def _is_intricate_jpeg(content: bytes) -> bool:
    segments = enumerate(_jpeg_segments(content), start=1)
    return any(count > _PARTS_LIMIT or fill > _JPEG_FILL_LIMIT for count, (_, fill, _) in segments)


def _is_intricate_gif(content: bytes) -> bool:
    """Look as far as the second frame, which is as far as anybody needs to go to tell an animation."""
    frames = 0
    try:
        for count, (introducer, _) in enumerate(_gif_parts(content), start=1):
            frames += introducer == _GIF_FRAME
            if count > _GIF_PARTS_LIMIT or frames == 2:
                return frames < 2
    except IndexError:  # Cut short, which the decoder notices by itself.
        return False
    return False


def _is_intricate_bmp(content: bytes) -> bool:
    """Pillow follows run lengths in Python."""
    run_length_encoded = content[30:31] in (b"\x01", b"\x02")
    return run_length_encoded and len(content) > _RUN_LENGTH_LIMIT


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Read RFC 9649, sections 2.5 to 2.7."""
    chunk = content[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _gif_size(content: bytes) -> tuple[int, int]:
    """Return the larger of the screen and the first frame, which may reach beyond it (GIF89a, sections 18 and 20)."""
    width, height = struct.unpack_from("<HH", content, 6)
    for introducer, position in _gif_parts(content):
        if introducer == _GIF_FRAME:
            left, top, frame_width, frame_height = struct.unpack_from("<4H", content, position + 1)
            return max(width, left + frame_width), max(height, top + frame_height)
    return width, height


def _gif_parts(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield introducer and position of every frame, extension, block of data and stray byte (GIF89a, appendix B)."""
    position = 13 + _gif_palette_bytes(content[10])
    while position < len(content) and content[position] != _GIF_END:
        introducer = content[position]
        yield introducer, position
        position += 1
        if introducer == _GIF_FRAME:
            position += 10 + _gif_palette_bytes(content[position + 8])
        elif introducer == _GIF_EXTENSION:
            position += 1
        else:
            continue
        while length := content[position]:
            yield _GIF_DATA, position
            position += length + 1
        position += 1


def _gif_palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
