"""Takes JPEG files apart: the tables and scans that make up the pixels, and the notes beside them.

Source: ITU-T T.81, annex B.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.data.pictures.color import Color
from core.data.pictures.parts import Damaged, Parts, orientation, too_many_parts

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)  # neither stuffing, fill nor a restart
_START, _END, _SCAN, _TEMPORARY = 0xD8, 0xD9, 0xDA, 0x01
_EXIF, _PROFILE, _PROFILE_NAME = 0xE1, 0xE2, b"ICC_PROFILE\0"
_PROGRESSIVE = 0xC2
_FRAMES = (0xC0, 0xC1, _PROGRESSIVE)
_TABLES = (0xC4, 0xDB, 0xDD, 0xE0, 0xEE)  # Huffman, quantization, restart interval, JFIF and Adobe's notes on color
_KEPT = (*_FRAMES, *_TABLES, _SCAN, _END)
_UNUSUAL_FRAMES = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
_COEFFICIENTS = 64
_MOST_SEGMENTS = 1_000
"""Cameras write fewer than 200, with a preview and notes in pieces of 64 kB."""


@dataclass(slots=True)
class _Frame:
    """What the frame header says, and which coefficients the scans so far have brought to their last bit."""

    marker: int
    size: tuple[int, int]
    sampling: dict[int, tuple[int, int]]
    whole: set[tuple[int, int]] = field(default_factory=set)

    @property
    def unit(self) -> tuple[int, int]:
        """Width and height in pixels of what a decoder fills at once."""
        across, down = zip(*self.sampling.values(), strict=True)
        return 8 * max(across), 8 * max(down)

    @property
    def coefficient_bytes(self) -> float:
        """What a decoder of several passes keeps, bytes a pixel: two a coefficient, one coefficient a sample."""
        width, height = self.unit
        return 2 * sum(across * down for across, down in self.sampling.values()) * 64 / (width * height)

    @property
    def is_whole(self) -> bool:
        """Whether all scans are there, the last one perhaps not to its end."""
        return len(self.whole) == len(self.sampling) * _COEFFICIENTS

    def count(self, scan: bytes) -> None:
        """Note what a scan brings."""
        components = scan[4] if len(scan) > 4 else 0
        if not components or len(scan) < 8 + 2 * components:
            raise Damaged
        first, last, bits = scan[5 + 2 * components : 8 + 2 * components]
        if self.marker != _PROGRESSIVE:
            first, last, bits = 0, _COEFFICIENTS - 1, 0
        if not bits & 15:
            ids = scan[5 : 5 + 2 * components : 2]
            last = min(last, _COEFFICIENTS - 1)
            self.whole |= {(id, number) for id in ids if id in self.sampling for number in range(first, last + 1)}


def read(content: bytes) -> Parts:
    """Take a JPEG file apart.

    Raises:
        Damaged: the file ends before its picture.
        UploadError: it is made of far too many parts, or in a way that no browser shows.
    """
    kept, frame, exif, scans, ended = [b"\xff\xd8"], None, b"", 0, False
    profile: dict[int, bytes] = {}
    for marker, segment in _segments(content):
        if marker in _UNUSUAL_FRAMES or (marker in _FRAMES and frame is not None):
            raise too_many_parts("JPEG")
        if marker in _FRAMES:
            frame = _frame(marker, segment)
        elif marker == _SCAN and frame is not None:
            frame.count(segment)
            scans += 1
        elif marker == _EXIF and not exif and segment[4:].startswith(b"Exif\0\0"):
            exif = segment[4:]
        elif marker == _PROFILE and segment[4:].startswith(_PROFILE_NAME) and len(segment) > 18:
            profile.setdefault(segment[16], segment[18:])
        elif marker == _END:
            ended = True
        if marker in _KEPT:
            kept.append(segment)
    if frame is None or not scans or not (ended or frame.is_whole):
        raise Damaged
    components = len(frame.sampling)
    return Parts(
        format="JPEG",
        content=b"".join(kept) + b"\xff\xd9" * (not ended),
        size=frame.size,
        pixel_bytes=1 if components == 1 else 4,
        decoder_bytes=frame.coefficient_bytes if frame.marker == _PROGRESSIVE or scans > 1 else 0.0,
        passes=scans,
        unfinished_unit=None if ended else frame.unit,
        orientation=orientation(exif),
        color=Color(profile=b"".join(profile[number] for number in sorted(profile))),
        notes=() if ended else ("Its file lacks its last bytes; the rest is shown.",),
    )


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and whole segment, a scan together with its data; fill between segments is passed over."""
    position = 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(content, position)
        if found is None:
            return
        start, position = found.span()
        marker = content[position - 1]
        if marker == _END:
            yield marker, content[start:position]
            return
        if marker in (_START, _TEMPORARY):  # they have no length
            continue
        length = int.from_bytes(content[position : position + 2], "big")
        position += length
        if position > len(content) or length < 2:
            raise Damaged
        if marker == _SCAN:
            following = _MARKER.search(content, position)
            position = following.start() if following else len(content)
        yield marker, content[start:position].rstrip(b"\xff") if marker == _SCAN else content[start:position]
    raise too_many_parts("JPEG")


def _frame(marker: int, segment: bytes) -> _Frame:
    if len(segment) < 10:
        raise Damaged
    height, width, components = struct.unpack_from(">HHB", segment, 5)
    described = segment[10 : 10 + 3 * components]
    sampling = {id: (factors >> 4, factors & 15) for id, factors in zip(described[::3], described[1::3], strict=False)}
    if len(described) < 3 * components or len(sampling) != components or not components:
        raise Damaged
    if not all(across and down for across, down in sampling.values()):
        raise Damaged
    return _Frame(marker, (width, height), sampling)
