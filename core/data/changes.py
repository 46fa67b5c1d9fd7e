"""Changes that a picture may have gone through without its subject changing: moved, scaled, dark, compressed. Pure."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Images = NDArray[np.uint8]


def shifted(images: Images, pixels: int) -> Images:
    """Return `images` (n, h, w, 3) moved right and down by `pixels`; what enters is mirrored at the edge."""
    _, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (pixels, 0), (pixels, 0), (0, 0)), mode="reflect")
    return np.ascontiguousarray(padded[:, :height, :width])


def scaled(images: Images, factor: float) -> Images:
    """Return `images` (n, h, w, 3) enlarged (`factor` above 1) or reduced about their middle, with mirrored edges."""
    _, height, width, _ = images.shape
    rows, columns = height // 2, width // 2
    padded = np.pad(images, ((0, 0), (rows, rows), (columns, columns), (0, 0)), mode="reflect")
    half_width, half_height = width / factor / 2, height / factor / 2
    box = (width - half_width, height - half_height, width + half_width, height + half_height)
    return np.stack([
        np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC, box=box))
        for image in padded
    ])  # fmt: skip


def darkened(images: Images, part: float) -> Images:
    """Return `images` (n, h, w, 3) with `part`, 0..1, of their light."""
    return (images * part).round().astype(np.uint8)


def compressed(images: Images, quality: int) -> Images:
    """Return `images` (n, h, w, 3) as JPEG of `quality` 1..95 shows them."""

    def through_jpeg(image: Images) -> Images:
        file = BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file))

    return np.stack([through_jpeg(image) for image in images])


CHANGES: dict[str, Callable[[Images], Images]] = {
    "as they are": lambda images: images,
    "shifted by 4 pixels": lambda images: shifted(images, 4),
    "scaled by 0.8": lambda images: scaled(images, 0.8),
    "scaled by 1.2": lambda images: scaled(images, 1.2),
    "half as bright": lambda images: darkened(images, 0.5),
    "JPEG, quality 50": lambda images: compressed(images, 50),
}
"""What a reader is told to what is done to the images."""
