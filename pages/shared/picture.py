"""One small array as a crisp picture."""

import numpy as np
from numpy.typing import NDArray

from core.charts import png
from pages.shared import lesson


def image(pixels: NDArray[np.uint8], alt: str, *, width: str = "100%", caption: str = "") -> None:
    """Draw uint8 (h, w, 3) or (h, w) pixels; see `lesson.picture`."""
    lesson.picture(png.data_uri(pixels), alt, width=width, caption=caption)
