"""The one sentence under the stage: what is worth seeing in exactly this setting."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pages.kernels.picture import StageImage, responses
from pages.kernels.state import StageState

PLAIN = "A kernel slides, multiplies pixel by weight, and adds up: one number for each place it stands on."
FILTER = "Three channels answer their own kernels, and the answers add up to one feature map: one filter of a Conv2D."
AVERAGE = "Weights that are positive and add up to 1 average: details go, brightness stays."
RELU = "ReLU keeps what the kernel looks for and forgets its opposite: {share:.0f} % of this output is zero."


def insight(picture: StageImage, state: StageState, output: NDArray[np.float64]) -> str:
    """Return the sentence.

    Args:
        picture: what is on the stage.
        state: what is set on it.
        output: what `responses` gives for both, float64 (height, width, maps).
    """
    weights = state.weights
    negative, above = (100 * float(beyond.mean()) for beyond in (output < -1e-9, output > 1 + 1e-9))
    if state.display == "clamp" and negative + above >= 0.5:
        parts = [f"{negative:.0f} % is negative"] * (negative >= 0.5) + [f"{above:.0f} % lies above 1"] * (above >= 0.5)
        return (
            f"Drawn from 0 to 1, as in the tutorial, {negative + above:.0f} % of this output is hidden: "
            f"{' and '.join(parts)}. Choose Signed and see it."
        )
    if state.relu:
        return RELU.format(share=float((output == 0).mean() * 100))
    if state.flip and not np.array_equal(weights, weights[::-1, ::-1]):
        difference = np.abs(output - responses(picture, replace(state, flip=False))).max()
        return (
            f"Convolution turns the kernel first. Conv2D does not: here its answer differs by up to {difference:.3g}."
        )
    if state.color == "filter":
        return FILTER
    if state.stride > 1:
        kept = 100 / state.stride**2
        return (
            f"Stride {state.stride} leaves out positions: about {kept:.0f} % of the numbers of stride 1 are computed."
        )
    if state.dilation > 1:
        span = state.operation.geometry.span(state.taps)
        weights_read = f"{state.taps} × {state.taps}"
        return f"Dilation spreads {weights_read} weights over {span} × {span} pixels: a wider view, no more work."
    if (weights >= 0).all() and abs(weights.sum() - 1) < 1e-6 and state.taps > 1 and not state.bias:
        return AVERAGE
    return PLAIN
