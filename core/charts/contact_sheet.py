"""Pictures with their captions as one picture, to be kept or printed where no page draws the words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SIDE = 160
"""Pixels that a picture takes at least half of and at most all of, unless it is larger by itself."""

CAPTION, GAP = 24, 8
"""Pixels under every picture for its words, and between neighbors."""

PAPER, INK = (255, 255, 255), (30, 32, 34)


def magnified(picture: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """Return a picture (h, w, ...) with every pixel drawn as a square, as large as fits into `side` pixels.

    >>> magnified(np.array([[1, 2]], np.uint8), 4).tolist()
    [[1, 1, 2, 2], [1, 1, 2, 2]]
    """
    times = max(1, side // max(picture.shape[:2]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def contact_sheet(
    images: NDArray[np.uint8], captions: Sequence[str], columns: int, font_file: str
) -> NDArray[np.uint8]:
    """Lay pictures out in rows, magnified, each over its caption.

    Args:
        images: n equally large ones, uint8 (n, h, w, 3) or (n, h, w).
        captions: n short texts; what is too long for its place is cut.
        font_file: path of the captions' font.

    Returns:
        uint8 (height, width, 3) on white paper. Picture i begins at row `i // columns * (side + CAPTION + GAP)` and
        column `i % columns * (side + GAP)`, where side is that of the magnified picture.
    """
    from PIL import Image, ImageDraw, ImageFont

    pictures = [magnified(image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1)) for image in images]
    high, wide = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    size = rows * (high + CAPTION + GAP) - GAP, min(columns, len(pictures)) * (wide + GAP) - GAP
    sheet = Image.new("RGB", (size[1], size[0]), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(font_file, 14)
    for place, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = place % columns * (wide + GAP), place // columns * (high + CAPTION + GAP)
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (x, y))
        pen.text((x + wide / 2, y + high + 4), _fitting(caption, font, wide), fill=INK, font=font, anchor="ma")
    return np.asarray(sheet)


def _fitting(text: str, font: "FreeTypeFont", width: int) -> str:
    """Cut a text that is wider than `width` pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
