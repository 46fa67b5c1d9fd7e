"""Gradient times input: how much each pixel would add to the answer if the network were linear.

Shrikumar, Greenside and Kundaje, "Not Just a Black Box: Learning Important Features Through Propagating Activation
Differences", 2016.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.model.explanations.base import Explanation, Method

if TYPE_CHECKING:
    from core.model.inference.networks import Network


class InputTimesSlope(Method):
    """The slope of the logit by each pixel, times the pixel."""

    name = "gradient-input"
    title = "Gradient × input"
    weakness = "Black pixels get nothing, whatever they mean, and the network is not linear."

    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is the sum over the three channels."""
        from core.model.inference.pixel_slopes import pixel_slopes

        pixels = (image / WHITE).astype(np.float32)
        return Explanation(
            heat=(pixels * pixel_slopes(network, pixels[np.newaxis], class_index)[0]).sum(axis=-1),
            sentence="What speaks for “{answer}”: blue would raise its logit, orange lower it, along the slope.",
            how=(
                "The slope of the logit of “{answer}” by every pixel, times the pixel, summed over the channels. "
                "Shrikumar et al. 2016."
            ),
        )
