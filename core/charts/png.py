"""Arrays to PNG files and data URIs, at native resolution; the browser enlarges them crisply."""

import base64
import io

import numpy as np
from numpy.typing import NDArray


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


def data_uri(png: bytes) -> str:
    """Return `png` as a data URI, to be used as the source of an image."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def sprite(images: NDArray[np.uint8], columns: int, gap: int = 0) -> NDArray[np.uint8]:
    """Lay equally large images out in rows, as one picture.

    Args:
        images: uint8 (n, h, w, 3) or (n, h, w).
        columns: images in a row.
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
    canvas = np.zeros((rows, height + gap, columns, width + gap, channels), np.uint8)
    for position, image in enumerate(images):
        row, column = divmod(position, columns)
        canvas[row, :height, column, :width, :3] = image
        canvas[row, :height, column, :width, 3:] = 255
    whole = canvas.reshape(rows * (height + gap), columns * (width + gap), channels)
    return whole[: rows * (height + gap) - gap, : columns * (width + gap) - gap]
