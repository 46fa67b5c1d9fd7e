"""What JSON cannot hold never reaches a component: its browser side would draw nothing at all."""

import json

import numpy as np

from core.charts.numbers import finite


def test_a_loss_that_exploded_is_a_gap_in_the_curve() -> None:
    values = finite(np.array([1.5, np.nan, np.inf, -np.inf]))
    assert values == [1.5, None, None, None]
    json.dumps(values, allow_nan=False)
