"""Mean and spread of curves, against NumPy and by hand."""

import numpy as np
import pytest

from core.charts.curves import bundle


def test_mean_and_spread_equal_numpys_on_equal_places() -> None:
    random = np.random.default_rng(0)
    x = np.arange(11)
    ys = random.normal(size=(3, 11))
    found = bundle([(x, y) for y in ys])
    np.testing.assert_allclose(found.mean, ys.mean(axis=0))
    np.testing.assert_allclose(found.spread, np.std(ys, axis=0, ddof=1))
    assert found.count == 3


def test_by_hand_only_shared_places_count() -> None:
    found = bundle(
        [(np.array([0, 1, 2, 5]), np.array([1.0, 2.0, 3.0, 9.0])), (np.array([0, 2, 5]), np.array([3.0, 5.0, 9.0]))]
    )
    assert found.x.tolist() == [0, 2, 5]
    assert found.mean.tolist() == [2.0, 4.0, 9.0]
    assert found.spread.tolist() == pytest.approx([2**0.5, 2**0.5, 0.0])


def test_one_curve_has_no_spread_and_none_is_empty() -> None:
    assert bundle([(np.arange(2), np.array([1.0, 2.0]))]).spread.tolist() == [0.0, 0.0]
    assert bundle([]).count == 0
