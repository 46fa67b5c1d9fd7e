"""What the first bytes of an untrusted picture tell, read before any decoder sees them."""

import struct

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

PNG_DEPTH_OFFSET = 24
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA


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
    """Return (width, height) in pixels as the header declares them, where a decoder would allocate before saying so.

    Returns:
        The size for WebP and GIF, whose decoders make room for the picture while they open it; None for other formats
        and for damaged headers, which those decoders refuse by themselves.
    """
    try:
        if picture_format == "WEBP":
            return _webp_size(content)
        if picture_format == "GIF":
            return _gif_size(content)
    except (struct.error, IndexError):
        return None
    return None


def bits_per_channel(content: bytes, picture_format: str) -> int:
    """Return how many bits each channel has: up to 16 in PNG, 8 elsewhere."""
    if picture_format == "PNG" and len(content) > PNG_DEPTH_OFFSET:
        return content[PNG_DEPTH_OFFSET]
    return 8


def jpeg_scans(content: bytes) -> int:
    """Return how many times a JPEG file passes over the picture; a progressive one usually does so about ten times.

    Each pass costs time in proportion to the whole picture, however few bytes it has.

    Source: ITU-T T.81, annex B.
    """
    scans, position = 0, 2
    while (position := content.find(b"\xff", position)) >= 0 and position + 4 <= len(content):
        marker = content[position + 1]
        if marker == _END_OF_IMAGE:
            break
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD7:  # Stuffing and restarts carry no length.
            position += 1 if marker == 0xFF else 2
            continue
        scans += marker == _START_OF_SCAN
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return scans


def _first_match(content: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, start, bytes_ in signatures if content.startswith(bytes_, start)), None)


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
    """Return the larger of the screen and the first frame, which may reach beyond it (GIF89a, sections 18 to 20)."""
    width, height = struct.unpack_from("<HH", content, 6)
    flags = content[10]
    position = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while content[position] != 0x2C:
        position += 1
        if content[position - 1] == 0x21:  # An extension: a label, then blocks up to an empty one.
            position += 1
            while length := content[position]:
                position += length + 1
            position += 1
    left, top, frame_width, frame_height = struct.unpack_from("<4H", content, position + 1)
    return max(width, left + frame_width), max(height, top + frame_height)
