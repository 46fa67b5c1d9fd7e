"""The kernels page's stop of the route: one image and its edges."""

import numpy as np

from core.charts import color
from core.data.reference import TUTORIAL_INDEX, tutorial_image
from core.ops.convolution import convolution
from core.ops.kernels import kernel
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import side_by_side


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    image, _, _ = tutorial_image(selection.dataset, "train", TUTORIAL_INDEX)
    response = convolution(image[..., 0], kernel("tutorial-edge", 3))
    pictures = np.repeat(image[..., :1], 3, axis=-1), color.signed(response, float(np.abs(response).max()) / 2)
    return side_by_side(*pictures, "The red channel of an image, and its edges")
