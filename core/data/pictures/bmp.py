"""Looks at the headers of BMP files: size and compression.

Source: Microsoft, BITMAPINFOHEADER and BITMAPCOREHEADER structures.
"""

import struct

from core.data.pictures.parts import Damaged, Parts, too_many_parts

_OLD_HEADER = 12
_RUN_LENGTHS = (1, 2)
_MOST_RUNS_BYTES = 2**20
"""Pillow reads run lengths one after the other in Python; what is written so is small and decades old."""


def read(content: bytes) -> Parts:
    """Look at a BMP file.

    Raises:
        Damaged: the file ends within its headers.
        UploadError: it is made of far too many runs.
    """
    if len(content) < 34:
        raise Damaged
    (header,) = struct.unpack_from("<I", content, 14)
    if header == _OLD_HEADER:
        width, height = struct.unpack_from("<HH", content, 18)
        compression = 0
    else:
        width, height, _, _, compression = struct.unpack_from("<iiHHI", content, 18)
    if compression in _RUN_LENGTHS and len(content) > _MOST_RUNS_BYTES:
        raise too_many_parts("BMP")
    return Parts(format="BMP", content=content, size=(abs(width), abs(height)), pixel_bytes=4)
