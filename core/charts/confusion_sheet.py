"""A confusion matrix as a picture, colored as the page colors it on white paper."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.charts import color
from core.charts.confusion import shares
from core.charts.contact_sheet import INK, PAPER

RIGHT, WRONG, NONE = (15, 110, 102), color.NEGATIVE, (243, 243, 240)
CELL, MARGIN, MOST_NUMBERED = 52, 150, 14
"""Pixels of a cell and of the room for the names; with more classes the cells are smaller and bear no numbers."""


def cell_side(classes: int) -> int:
    """Return how many pixels a cell of the matrix takes in both directions."""
    return CELL if classes <= MOST_NUMBERED else 16


def cell_colors(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the color (classes, classes, 3) of every cell; a square root keeps rare mistakes visible."""
    weight = (0.85 * np.sqrt(shares(counts)))[..., None]
    ends = np.where(np.eye(len(counts), dtype=bool)[..., None], RIGHT, WRONG)
    return np.rint((1 - weight) * np.array(NONE) + weight * ends).astype(np.uint8)


def confusion_sheet(counts: NDArray[np.int64], names: Sequence[str], font_file: str) -> NDArray[np.uint8]:
    """Draw a confusion matrix.

    Args:
        counts: int64 (classes, classes), [true class, answer].
        names: the class names.
        font_file: path of the words' font.

    Returns:
        uint8 (side, side, 3), side = MARGIN + classes * `cell_side`: rows are true classes, columns the answers.
    """
    from PIL import Image, ImageDraw, ImageFont

    cell = cell_side(len(counts))
    side = MARGIN + cell * len(counts)
    sheet = Image.new("RGB", (side, side), PAPER)
    colors = cell_colors(counts)
    sheet.paste(Image.fromarray(colors.repeat(cell, axis=0).repeat(cell, axis=1)), (MARGIN, MARGIN))
    font = ImageFont.truetype(font_file, min(14, cell - 2))
    across = Image.new("RGB", (MARGIN, side - MARGIN), PAPER)  # names of the answers, turned when they are written
    for place, name in enumerate(names):
        middle = (place + 0.5) * cell
        pen = ImageDraw.Draw(sheet)
        pen.text((MARGIN - 8, MARGIN + middle), name[:22], fill=INK, font=font, anchor="rm")
        ImageDraw.Draw(across).text((8, middle), name[:22], fill=INK, font=font, anchor="lm")
    sheet.paste(across.transpose(Image.Transpose.ROTATE_90), (MARGIN, 0))
    if len(counts) <= MOST_NUMBERED:
        for (true, answer), count in np.ndenumerate(counts):
            at = (MARGIN + (answer + 0.5) * cell, MARGIN + (true + 0.5) * cell)
            ink = PAPER if colors[true, answer].mean() < 110 else INK
            ImageDraw.Draw(sheet).text(at, f"{count:,}", fill=ink, font=font, anchor="mm")
    return np.asarray(sheet)
