"""SmoothGrad: saliency of many noisy copies, so that only what they share stays.

Smilkov, Thorat, Kim, Viegas and Wattenberg, "SmoothGrad: removing noise by adding noise", 2017.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.model.explanations.base import Explanation, Method

if TYPE_CHECKING:
    from core.model.inference.networks import Network

COPIES = 50
NOISE = 0.1
"""Standard deviation, as a part of the distance between the darkest and the brightest number of the image."""


class Smooth(Method):
    """The mean slope of the logit over noisy copies."""

    name = "smoothgrad"
    title = "SmoothGrad"
    weakness = "How much noise there is decides what is seen, and smooth pictures convince more than they explain."

    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is the largest size of the mean slope over the three channels."""
        from core.model.inference.pixel_slopes import pixel_slopes

        pixels = (image / WHITE).astype(np.float32)
        spread = NOISE * float(pixels.max() - pixels.min())
        noise = np.random.default_rng(0).normal(0, spread, (COPIES, *pixels.shape)).astype(np.float32)
        slopes = pixel_slopes(network, pixels + noise, class_index).mean(axis=0)
        return Explanation(
            heat=np.abs(slopes).max(axis=-1),
            sentence="Where “{answer}” stays sensitive under noise: changing what is blue moves its logit most.",
            how=(
                f"The slope of the logit of “{{answer}}” by every pixel, averaged over {COPIES} copies with noise of "
                f"{100 * NOISE:.0f} % of the image's range; its size. Smilkov et al. 2017."
            ),
        )
