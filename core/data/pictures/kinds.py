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
    ("a JPEG XL picture", 0, b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("a JPEG XL picture", 0, b"\xff\x0a"),
    ("a JPEG 2000 picture", 0, b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("a JPEG 2000 picture", 0, b"\xff\x4f\xff\x51"),
    ("a raw photograph of a camera", 8, b"CR\x02"),
    ("a raw photograph of a camera", 0, b"FUJIFILMCCD-RAW"),
    ("a raw photograph of a camera", 0, b"IIRO"),
    ("a raw photograph of a camera", 0, b"IIRS"),
    ("a raw photograph of a camera", 0, b"IIU\0"),
    ("a TIFF picture or a raw photograph", 0, b"II*\0"),
    ("a TIFF picture or a raw photograph", 0, b"MM\0*"),
    ("a PDF document", 0, b"%PDF"),
    ("a ZIP archive or office document", 0, b"PK\x03\x04"),
    ("a Photoshop file", 0, b"8BPS"),
    ("an icon", 0, b"\0\0\x01\0"),
    ("an SVG drawing", 0, b"<svg"),
    ("an SVG drawing or web page", 0, b"<"),
)

_BRANDS = {
    "AVIF": frozenset(b"avif avis avio".split()),
    "HEIF": frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1 miaf".split()),
}
"""Format to what its files call themselves; HEIC's last three are shared, so AVIF stands first."""

_FOREIGN_BRANDS = {
    b"crx ": "a raw photograph of a camera",
    b"jxl ": "a JPEG XL picture",
    b"jp2 ": "a JPEG 2000 picture",
    b"jpx ": "a JPEG 2000 picture",
    b"jpm ": "a JPEG 2000 picture",
}
_MOST_BRANDS = 64
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f"))


def picture_format(content: bytes) -> str | None:
    """Return "PNG", "JPEG", "WEBP", "GIF", "BMP", "HEIF" or "AVIF", decided by content, or None for anything else.

    >>> picture_format(b"GIF89a...")
    'GIF'
    """
    brands = _brands(content)
    if not brands:
        return _first_match(content, _SIGNATURES)
    if brands[0] in _FOREIGN_BRANDS:
        return None
    return next((name for name, known in _BRANDS.items() if known & set(brands)), None)


def foreign_format(content: bytes) -> str:
    """Return in words what a file of no admitted format seems to be.

    >>> foreign_format(b"%PDF-1.7")
    'a PDF document'
    """
    if brands := _brands(content):
        return _FOREIGN_BRANDS.get(brands[0], "a film")
    named = _first_match(content, _FOREIGN_SIGNATURES)
    return named or ("a text file" if _is_text(content) else "a file of another kind")


def _brands(content: bytes) -> tuple[bytes, ...]:
    """Return what a file of boxes calls itself, its main name first (ISO/IEC 14496-12, section 4.3)."""
    if content[4:8] != b"ftyp":
        return ()
    end = min(int.from_bytes(content[:4], "big"), len(content), 16 + 4 * _MOST_BRANDS)
    return (content[8:12], *(content[start : start + 4] for start in range(16, end - 3, 4)))


def _first_match(content: bytes, signatures: tuple[tuple[str, int, bytes], ...]) -> str | None:
    return next((name for name, start, bytes_ in signatures if content.startswith(bytes_, start)), None)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return bool(content) and content.translate(None, _CONTROL) == content
