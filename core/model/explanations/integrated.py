"""Integrated gradients: the slopes on the way from a black image, so that all parts together are the whole change.

Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.charts.numbers import signed
from core.config import WHITE
from core.model.explanations.base import Explanation, Method

if TYPE_CHECKING:
    from core.model.inference.networks import Network

STEPS = 64


class Integrated(Method):
    """The mean slope on the straight way from black to the image, times the image."""

    name = "integrated"
    title = "Integrated gradients"
    weakness = "It compares with black: another start gives another picture, and black pixels get nothing."

    def explain(self, network: "Network", image: NDArray[np.uint8], class_index: int) -> Explanation:
        """See `Method.explain`; the heat is `attributions` summed over the three channels."""
        parts = attributions(network, image, class_index)
        together = float(parts.sum())
        black, whole = network.logits(np.stack([np.zeros_like(image), image]))[:, class_index]
        return Explanation(
            heat=parts.sum(axis=-1),
            sentence=(
                "What makes “{answer}” of a black image: "
                f"all parts together, {signed(together, '+.1f')} of its logit."
            ),
            how=(
                f"The slopes of the logit of “{{answer}}” at {STEPS} images between black and this one, their mean "
                "times the pixels, summed over the channels. They add up to "
                f"{signed(together, '+.2f')}; the logit is {signed(whole, '.2f')}, and {signed(black, '.2f')} of a "
                f"black image, {signed(whole - black, '+.2f')}: with ever more steps both become the same. "
                "Sundararajan et al. 2017."
            ),
        )


def attributions(network: "Network", image: NDArray[np.uint8], class_index: int) -> NDArray[np.float32]:
    """Return what each channel of each pixel contributes, float32 (height, width, 3)."""
    from core.model.inference.pixel_slopes import pixel_slopes

    pixels = (image / WHITE).astype(np.float32)
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS  # the middle of each part of the way
    way = shares[:, np.newaxis, np.newaxis, np.newaxis] * pixels
    return pixels * pixel_slopes(network, way, class_index).mean(axis=0)
