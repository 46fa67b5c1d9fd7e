import json
from urllib.parse import quote_plus

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import KernelError
from core.ops import kernels
from pages.kernels.state import COLORS, DISPLAYS, NINE, TUTORIAL, StageState, heard, read, write


def test_no_text_is_the_usual_state():
    assert read("") == TUTORIAL and read("", NINE) == NINE
    assert write(TUTORIAL) == write(NINE, NINE) == ""
    assert TUTORIAL.weights[..., 0].tolist() == kernels.TUTORIAL_EDGE.tolist()
    assert TUTORIAL.operation.flip and TUTORIAL.color == "red" and TUTORIAL.display == "clamp"


def test_everything_can_be_in_a_link():
    state = read(
        "kernel_sobel-x.5_color_gray_stride_2_padding_custom_pad_3_dilation_2_border_wrap_bias_-0.5_relu_1_flip_0"
        "_display_signed_at_4.11"
    )
    assert (state.color, state.stride, state.padding, state.custom, state.dilation) == ("gray", 2, "custom", 3, 2)
    assert (state.border, state.bias, state.relu, state.flip, state.display) == ("wrap", -0.5, True, False, "signed")
    assert (state.row, state.column) == (4, 11)
    assert state.weights[..., 0].tolist() == kernels.kernel("sobel-x", 5).tolist()


def test_weights_are_read_exactly():
    assert read("kernel_0_1_2_3_padding_none_flip_0_display_auto_at_0.0") == NINE
    assert read("kernel_-1e-7_0.1_-3_4.25_5_6_7_8_9").kernels == ((-1e-7, 0.1, -3.0, 4.25, 5.0, 6.0, 7.0, 8.0, 9.0),)


def test_a_filter_has_three_kernels_or_one_for_all():
    alike = read("color_filter_kernel_box.3")
    assert len(alike.kernels) == 3 and alike.kernels[0] == alike.kernels[2]
    different = read("kernel_" + "_".join(map(str, range(27))) + "_color_filter")
    assert different.weights.shape == (3, 3, 3) and different.weights[0, 0].tolist() == [0, 9, 18]
    assert len(read("color_filter").kernels) == 3


def some_state(random: np.random.Generator) -> StageState:
    """A state anywhere among those that a visitor can set."""
    color, taps = str(random.choice(COLORS)), int(random.choice(kernels.SIZES))
    named = [each.make(taps) for each in kernels.KERNELS.values() if taps in each.sizes]
    weights = [random.normal(size=(taps, taps)).round(int(random.integers(0, 17))) for _ in range(3)]
    if named and random.integers(2):
        weights = [named[random.integers(len(named))]] * 3
    return StageState(
        color=color,  # type: ignore[arg-type]
        kernels=tuple(tuple(map(float, each.ravel())) for each in weights[: 3 if color == "filter" else 1]),
        stride=int(random.integers(1, 4)),
        padding=random.choice(["same", "none", "custom"]),
        custom=int(random.integers(0, 9)),
        dilation=int(random.integers(1, 4)),
        border=random.choice(["zero", "wrap", "reflect"]),
        bias=float(random.choice([0, 1, -0.25, random.normal()])),
        relu=bool(random.integers(2)),
        flip=bool(random.integers(2)),
        display=random.choice(DISPLAYS),
        row=int(random.integers(0, 600)),
        column=int(random.integers(0, 600)),
    )


def test_every_state_is_read_as_it_is_written_and_heard_as_it_is_told():
    random = np.random.default_rng(3)
    for state in [TUTORIAL, NINE, *(some_state(random) for _ in range(300))]:
        for usual in (TUTORIAL, NINE):
            text = write(state, usual)
            assert read(text, usual) == state
            assert quote_plus(text) == text  # nothing in it that an address bar would have to escape
        assert heard(json.loads(json.dumps(state.data()))) == state


@pytest.mark.parametrize("data", [
    None, 7, "text", [], {}, TUTORIAL.data() | {"stride": 99}, TUTORIAL.data() | {"more": 1},
    *(TUTORIAL.data() | {name: junk} for name in ("kernels", "stride", "bias", "color", "row", "flip")
      for junk in (None, float("nan"), 10**400, "x_y", [[None]], [[{}]], [[float("inf")]], {"a": 1})),
])  # fmt: skip
def test_what_is_no_state_is_not_heard(data):
    with pytest.raises(KernelError):
        heard(data)


@pytest.mark.parametrize("text", [
    "kernel_unknown.3", "kernel_sobel-x.9", "kernel_1_2", "kernel_1_2_3_nan", "kernel_1_2_3_inf", "kernel_1_2_3_1e9",
    "kernel", "stride_9", "stride_two", "stride_-1", "stride_1_2", "stride_9999999", "stride_²", "padding_valid",
    "pad_99", "dilation_0", "border_mirror", "bias_x", "bias_nan", "bias_1e99", "relu_yes", "flip_2", "color_pink",
    "display_rainbow", "at_3", "at_a.b", "at_-1.2", "nonsense", "%00",
    "kernel_3.5_stride_2_x", "color_filter_kernel_1_2",
])  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(text):
    with pytest.raises(KernelError, match=r"\.$"):
        read(text)


def assert_read_or_refused(text: str) -> None:
    """A text is a state that can be computed, or it is refused with a sentence."""
    try:
        state = read(text)
    except KernelError:
        return
    assert state.operation and state.weights.shape[0] in kernels.SIZES
    assert len(state.kernels) == (3 if state.color == "filter" else 1)


@given(st.text(max_size=60))
def test_no_text_whatsoever_breaks_it(text):
    assert_read_or_refused(text)


@given(
    st.lists(
        st.sampled_from(["kernel", "color", "filter", "stride", "at", "1", "-2.5", "box.3", "0.0", "relu", "gray"])
    )
)
def test_no_mixture_of_known_words_breaks_it(words):
    assert_read_or_refused("_".join(words))


def test_a_text_longer_than_any_setting_is_not_taken():
    """A number may have a million zeros behind its point, and the text would be kept for the visitor."""
    with pytest.raises(KernelError, match="at most 8,000 characters"):
        read("bias_0." + "0" * 500_000)
