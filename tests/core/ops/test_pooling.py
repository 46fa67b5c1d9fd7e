"""Pooling against Keras and against a case worked by hand."""

import numpy as np
import pytest

from core.errors import KernelError
from core.ops.pooling import average_pool, max_pool

BY_HAND = np.array([[1, 3, 2, 2], [4, 0, 2, 2], [9, 8, 0, 5], [7, 6, 1, 5]])[..., np.newaxis]


def test_max_pooling_by_hand() -> None:
    pooled = max_pool(BY_HAND, size=2)
    assert pooled.values[..., 0].tolist() == [[4, 2], [9, 5]]
    assert pooled.rows[..., 0].tolist() == [[1, 0], [2, 2]]
    assert pooled.columns[..., 0].tolist() == [[0, 2], [0, 3]]  # of equal values the first one wins


def test_average_pooling_by_hand() -> None:
    assert average_pool(BY_HAND, size=2)[..., 0].tolist() == [[2.0, 2.0], [7.5, 2.75]]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_pooling_equals_keras(size: int) -> None:
    keras = pytest.importorskip("keras")
    maps = np.random.default_rng(size).normal(size=(13, 10, 4)).astype(np.float32)
    largest = keras.layers.MaxPooling2D(size)(maps[np.newaxis])[0]
    average = keras.layers.AveragePooling2D(size)(maps[np.newaxis])[0]
    np.testing.assert_array_equal(max_pool(maps, size=size).values, largest)
    np.testing.assert_allclose(average_pool(maps, size=size), average, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_winners_hold_the_values_they_won_with(dtype: type) -> None:
    maps = np.random.default_rng(1).integers(0, 3, (11, 9, 3)).astype(dtype)
    pooled = max_pool(maps, size=3)
    channels = np.arange(3)[np.newaxis, np.newaxis, :]
    np.testing.assert_array_equal(maps[pooled.rows, pooled.columns, channels], pooled.values)


@pytest.mark.parametrize(("shape", "size"), [((4, 4), 2), ((4, 4, 1), 5), ((4, 4, 1), 0)])
def test_nonsense_is_refused_with_a_remedy(shape: tuple[int, ...], size: int) -> None:
    with pytest.raises(KernelError, match=r"Expected .* Received .*\. (Add|Choose)"):
        max_pool(np.zeros(shape), size=size)
