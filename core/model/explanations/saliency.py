"""Saliency: the pixels whose smallest change would change the answer most.

Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2014.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.model.explanations.base import Explanation, Method

if TYPE_CHECKING:
    from core.model.inference.networks import Network


class Saliency(Method):
    """The slope of the logit by the pixels, whatever its sign."""

    name = "saliency"
    title = "Saliency"
    weakness = "Slopes jump from pixel to pixel, and tell what a tiny change would do, not what the answer rests on."

    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is the largest size of the slope over the three channels."""
        from core.model.inference.pixel_slopes import pixel_slopes

        slopes = pixel_slopes(network, image[np.newaxis] / WHITE, class_index)[0]
        return Explanation(
            heat=np.abs(slopes).max(axis=-1),
            sentence="Where “{answer}” is sensitive: the smallest change of what is blue moves its logit most.",
            how=(
                "The slope of the logit of “{answer}” by every pixel, its size, the largest of the three channels. "
                "Simonyan et al. 2014."
            ),
        )
