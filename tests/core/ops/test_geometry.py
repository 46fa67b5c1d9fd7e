import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import KernelError
from core.ops.geometry import BORDERS, Geometry, pad


@pytest.mark.parametrize(
    ("size", "taps", "stride", "pads"),
    [(32, 3, 1, (1, 1)), (32, 3, 2, (0, 1)), (33, 3, 2, (1, 1)), (32, 2, 1, (0, 1)), (5, 1, 4, (0, 0))],
)
def test_same_is_placed_as_tensorflow_places_it(size, taps, stride, pads):
    assert Geometry(padding="same", stride=stride).pads(size, taps) == pads


@given(
    size=st.integers(1, 60), taps=st.sampled_from([1, 2, 3, 5, 7]), stride=st.integers(1, 4), dilation=st.integers(1, 4)
)
def test_same_always_gives_size_over_stride_rounded_up(size, taps, stride, dilation):
    geometry = Geometry(padding="same", stride=stride, dilation=dilation)
    assert geometry.output_size(size, taps) == -(-size // stride)


@given(
    size=st.integers(1, 40),
    taps=st.sampled_from([1, 2, 3, 5, 7]),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 4),
    added=st.integers(0, 5),
)
def test_the_formula_equals_the_counted_positions(size, taps, stride, dilation, added):
    geometry = Geometry(padding="custom", custom_padding=added, stride=stride, dilation=dilation)
    counted = len(
        [start for start in range(0, size + 2 * added, stride) if start + geometry.span(taps) <= size + 2 * added]
    )
    if counted:
        assert geometry.output_size(size, taps) == counted
    else:
        with pytest.raises(KernelError, match="less dilation"):
            geometry.output_size(size, taps)


@pytest.mark.parametrize("border", BORDERS)
def test_a_border_has_the_width_that_was_asked_for(border):
    image = np.arange(6.0).reshape(2, 3)
    padded = pad(image, Geometry(padding="custom", custom_padding=3, border=border), (3, 3))
    assert padded.shape == (8, 9)
    assert np.array_equal(padded[3:5, 3:6], image)


@pytest.mark.parametrize(
    "options",
    [
        {"stride": 0},
        {"stride": 5},
        {"dilation": 0},
        {"custom_padding": -1},
        {"stride": 1.5},
        {"stride": True},
        {"padding": "valid"},
        {"border": "mirror"},
    ],
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(KernelError, match="Expected"):
        Geometry(**options)
