import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.charts import colour


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_signed_tells_the_sign_by_hue(value: float, limit: float) -> None:
    red, _, blue = colour.signed(np.array(value), limit).astype(int)
    if value > limit / 100:
        assert blue > red
    elif value < -limit / 100:
        assert red > blue


def test_signed_clips_at_the_limit_and_draws_a_flat_field_white() -> None:
    assert colour.signed(np.array([5.0, -5.0]), 1).tolist() == [list(colour.POSITIVE), list(colour.NEGATIVE)]
    assert (colour.signed(np.zeros((4, 4))) == 255).all()


def test_grey_spans_the_stated_range() -> None:
    assert colour.grey(np.array([-1.0, 0.0, 1.0, 2.0]), 0, 1).tolist() == [0, 0, 255, 255]
    assert colour.grey(np.full((2, 2), 3.0)).tolist() == [[0, 0], [0, 0]]
