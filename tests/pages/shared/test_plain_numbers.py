"""What JSON cannot hold never reaches a component: its browser side would draw nothing at all."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pages.training import compare, timemachine


@pytest.mark.parametrize("plain", [timemachine._plain, compare._plain])
def test_a_loss_that_exploded_is_a_gap_in_the_curve(plain: Callable[..., Any]) -> None:
    values = plain(np.array([1.5, np.nan, np.inf, -np.inf]))
    assert values == [1.5, None, None, None]
    json.dumps(values, allow_nan=False)
