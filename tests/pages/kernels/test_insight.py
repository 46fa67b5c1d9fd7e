from dataclasses import replace

import numpy as np
import pytest

from core.ops import kernels
from pages.kernels.insight import insight
from pages.kernels.picture import StageImage, responses
from pages.kernels.state import TUTORIAL, flat

NOISE = StageImage(
    pixels=np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8), unit=255, title="noise", code=""
)
SOBEL = replace(TUTORIAL, display="signed", kernels=(flat(kernels.kernel("sobel-x", 3)),))
PLAIN = replace(SOBEL, flip=False)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TUTORIAL, "of this output is hidden: 45 % is negative and 40 % lies above 1."),
        (SOBEL, "Conv2D does not: here its answer differs"),
        (PLAIN, "A kernel slides"),
        (replace(PLAIN, relu=True), "ReLU keeps"),
        (replace(PLAIN, color="filter", kernels=PLAIN.kernels * 3), "add up to one feature map"),
        (replace(PLAIN, stride=2), "about 25 %"),
        (replace(PLAIN, dilation=2), "over 5 × 5 pixels"),
        (replace(PLAIN, kernels=(flat(kernels.kernel("box", 3)),)), "details go, brightness stays"),
    ],
)
def test_the_sentence_fits_the_setting(state, words):
    assert words in insight(NOISE, state, responses(NOISE, state))


def test_what_is_hidden_is_counted_on_both_sides():
    output = np.array([[[-1.0], [1.0]], [[2.0], [-3.0]]])
    assert "75 % of this output is hidden: 50 % is negative and 25 % lies above 1." in insight(NOISE, TUTORIAL, output)


def test_a_bias_changes_the_brightness():
    state = replace(PLAIN, kernels=(flat(kernels.kernel("box", 3)),), bias=0.5)
    assert "brightness stays" not in insight(NOISE, state, responses(NOISE, state))
