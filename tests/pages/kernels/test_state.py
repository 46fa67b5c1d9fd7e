from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ops import kernels
from pages.kernels.state import NINE, TUTORIAL, read


def test_no_text_is_the_tutorial():
    assert read("") == (TUTORIAL, [])
    assert TUTORIAL.weights[..., 0].tolist() == kernels.TUTORIAL_EDGE.tolist()
    assert TUTORIAL.operation.flip and TUTORIAL.color == "red" and TUTORIAL.display == "clamp"


def test_everything_can_be_in_a_link():
    state, complaints = read(
        "kernel_sobel-x.5_color_gray_stride_2_padding_custom_pad_3_dilation_2_border_wrap_bias_-0.5_relu_1_flip_0"
        "_display_signed_at_4.11"
    )
    assert complaints == []
    assert (state.color, state.stride, state.padding, state.custom, state.dilation) == ("gray", 2, "custom", 3, 2)
    assert (state.border, state.bias, state.relu, state.flip, state.display) == ("wrap", -0.5, True, False, "signed")
    assert (state.row, state.column) == (4, 11)
    assert state.weights[..., 0].tolist() == kernels.kernel("sobel-x", 5).tolist()


def test_weights_are_read_exactly():
    state, complaints = read("kernel_0_1_2_3_padding_none_flip_0_display_auto_at_0.0")
    assert (state, complaints) == (NINE, [])
    state, _ = read("kernel_-1e-7_0.1_-3_4.25_5_6_7_8_9")
    assert state.kernels == ((-1e-7, 0.1, -3.0, 4.25, 5.0, 6.0, 7.0, 8.0, 9.0),)


def test_a_filter_has_three_kernels_or_one_for_all():
    alike, complaints = read("color_filter_kernel_box.3")
    assert complaints == [] and len(alike.kernels) == 3 and alike.kernels[0] == alike.kernels[2]
    different, complaints = read("kernel_" + "_".join(map(str, range(27))) + "_color_filter")
    assert complaints == [] and different.weights.shape == (3, 3, 3) and different.weights[0, 0].tolist() == [0, 9, 18]
    assert len(read("color_filter")[0].kernels) == 3


@pytest.mark.parametrize("text", [
    "kernel_unknown.3", "kernel_sobel-x.9", "kernel_1_2", "kernel_1_2_3_nan", "kernel_1_2_3_inf", "kernel_1_2_3_1e9",
    "kernel", "stride_9", "stride_two", "stride_-1", "stride_1_2", "stride_9999999", "stride_²", "padding_valid",
    "pad_99", "dilation_0", "border_mirror", "bias_x", "bias_nan", "bias_1e99", "relu_yes", "flip_2", "color_pink",
    "display_rainbow", "at_3", "at_a.b", "at_-1.2", "nonsense", "%00",
    "kernel_3.5_stride_2_x", "color_filter_kernel_1_2",
])  # fmt: skip
def test_nonsense_is_answered_with_a_sentence_and_the_last_good_state(text):
    last_good = replace(TUTORIAL, stride=3, bias=0.25)
    state, complaints = read(text, last_good)
    assert complaints and all(sentence.startswith("This link ") for sentence in complaints)
    assert state.stride in (1, 2, 3)
    assert state.operation and state.weights.ndim == 3
    if text.startswith("stride_"):
        assert state.stride == 3
    if text.startswith("bias_"):
        assert state.bias == 0.25


@given(st.text(max_size=60))
def test_no_text_whatsoever_breaks_it(text):
    state, _ = read(text)
    assert state.operation and state.weights.shape[0] in kernels.SIZES


@given(
    st.lists(
        st.sampled_from(["kernel", "color", "filter", "stride", "at", "1", "-2.5", "box.3", "0.0", "relu", "gray"])
    )
)
def test_no_mixture_of_known_words_breaks_it(words):
    state, _ = read("_".join(words))
    assert state.operation and len(state.kernels) == (3 if state.color == "filter" else 1)


def test_a_text_longer_than_any_setting_is_not_taken():
    """A number may have a million zeros behind its point, and the text would be kept for the visitor."""
    state, (complaint,) = read("bias_0." + "0" * 500_000, NINE)
    assert state == NINE
    assert "at most 8,000 characters" in complaint
