import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.charts import color


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_signed_tells_the_sign_by_hue(value: float, limit: float) -> None:
    red, _, blue = color.signed(np.array(value), limit).astype(int)
    if value > limit / 100:
        assert blue > red
    elif value < -limit / 100:
        assert red > blue


def test_signed_clips_at_the_limit_and_draws_a_flat_field_white() -> None:
    assert color.signed(np.array([5.0, -5.0]), 1).tolist() == [list(color.POSITIVE), list(color.NEGATIVE)]
    assert (color.signed(np.zeros((4, 4))) == 255).all()


def test_gray_spans_the_stated_range() -> None:
    assert color.gray(np.array([-1.0, 0.0, 1.0, 2.0]), 0, 1).tolist() == [0, 0, 255, 255]
    assert color.gray(np.full((2, 2), 3.0)).tolist() == [[0, 0], [0, 0]]
