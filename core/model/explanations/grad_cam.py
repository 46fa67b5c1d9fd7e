"""Grad-CAM: the last feature maps, each weighed by what it does for the answer.

Selvaraju, Cogswell, Das, Vedantam, Parikh and Batra, "Grad-CAM: Visual Explanations from Deep Networks", 2017.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.model.explanations.base import Explanation, Method

if TYPE_CHECKING:
    from core.model.inference.networks import Network


class GradCam(Method):
    """The last feature maps, weighed by their mean slope."""

    name = "grad-cam"
    title = "Grad-CAM"
    weakness = "It is as coarse as the last maps, a few cells wide, and shows nothing of what speaks against the class."

    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is `coarse` enlarged to the image."""
        found = coarse(network, image, class_index)
        rows, columns = found.shape
        return Explanation(
            heat=_enlarged(found, image.shape[:2]),
            sentence="Where the last feature maps speak for “{answer}”: the bluer, the more.",
            how=(
                f"The last feature maps, {rows} × {columns} cells, are added up, each times its mean slope: what the "
                "logit of “{answer}” gains with it. What is negative is left out. Selvaraju et al. 2017."
            ),
        )


def coarse(network: "Network", image: NDArray[np.uint8], class_index: int) -> NDArray[np.float32]:
    """Return the weighed sum of the last maps, float32 of their height and width, at least 0."""
    from core.model.inference.pixel_slopes import last_maps

    maps, slopes = last_maps(network, image, class_index)
    return np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)


def _enlarged(heat: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    from PIL import Image

    height, width = shape
    return np.asarray(Image.fromarray(heat).resize((width, height), Image.Resampling.BILINEAR), np.float32)
