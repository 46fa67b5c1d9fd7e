"""Which kind of file an untrusted one is, told by its first bytes."""

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

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f"))


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
    named = _first_match(content, _FOREIGN_SIGNATURES)
    return named or ("a text file" if _is_text(content) else "a file of another kind")


def _first_match(content: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, start, bytes_ in signatures if content.startswith(bytes_, start)), None)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return bool(content) and content.translate(None, _CONTROL) == content
