"""Arrays to PNG files and data URIs, at native resolution; the browser enlarges them crisply."""

import base64
import hashlib
import io

import numpy as np
from numpy.typing import NDArray

from core.bounded import remembered


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Encode an image losslessly.

    Args:
        pixels: uint8 (h, w) gray, (h, w, 3) RGB or (h, w, 4) RGBA.

    Returns:
        The bytes of a PNG file of w x h pixels.
    """
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def digest(pixels: NDArray[np.uint8]) -> tuple[tuple[int, ...], bytes]:
    """Return what tells an image from all others: its shape and a digest of its pixels."""
    return pixels.shape, hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16).digest()


@remembered(32, key=digest)
def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return an image as the data URI of its PNG file, to be used as the source of a picture; see `encode`.

    The same pixels are encoded once for everybody: encoding takes ten times as long as telling them apart.
    """
    return "data:image/png;base64," + base64.b64encode(encode(pixels)).decode()


def sprite(images: NDArray[np.uint8], columns: int, gap: int = 0) -> NDArray[np.uint8]:
    """Lay equally large images out in rows, as one picture.

    Args:
        images: uint8 (n, h, w, 3) or (n, h, w).
        gap: transparent pixels between neighbors (an alpha channel is added when there is a gap).

    Returns:
        uint8 (rows * (h + gap) - gap, columns * (w + gap) - gap, 3), or 4 channels with a gap; unused cells are
        black, or transparent with a gap.
    """
    if images.ndim == 3:
        images = np.repeat(images[..., None], 3, axis=-1)
    count, height, width, _ = images.shape
    rows = -(-count // columns)
    channels = 4 if gap else 3
    cells = np.zeros((rows * columns, height + gap, width + gap, channels), np.uint8)
    cells[:count, :height, :width, :3] = images
    cells[:count, :height, :width, 3:] = 255
    canvas = cells.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    whole = canvas.reshape(rows * (height + gap), columns * (width + gap), channels)
    return whole[: rows * (height + gap) - gap, : columns * (width + gap) - gap]
