"""Pooling against Keras and against a case worked by hand."""

import numpy as np
import pytest

from core.errors import KernelError
from core.ops.pooling import average_pool, max_pool

BY_HAND = np.array([[1, 3, 2, 2], [4, 0, 2, 2], [9, 8, 0, 5], [7, 6, 1, 5]])[..., np.newaxis]


def test_max_pooling_by_hand() -> None:
    pooled = max_pool(BY_HAND)
    assert pooled.values[..., 0].tolist() == [[4, 2], [9, 5]]
    assert pooled.rows[..., 0].tolist() == [[1, 0], [2, 2]]
    assert pooled.columns[..., 0].tolist() == [[0, 2], [0, 3]]  # of equal values the first one wins


def test_average_pooling_by_hand() -> None:
    assert average_pool(BY_HAND)[..., 0].tolist() == [[2.0, 2.0], [7.5, 2.75]]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (2, 2), (3, 2), (3, 1), (2, 3), (5, 4)])
def test_pooling_equals_keras(size: int, stride: int | None, padding: str) -> None:
    keras = pytest.importorskip("keras")
    maps = np.random.default_rng(size).normal(size=(13, 10, 4)).astype(np.float32)
    options = {"pool_size": size, "strides": stride or size, "padding": padding}
    largest = keras.layers.MaxPooling2D(**options)(maps[np.newaxis])[0]
    average = keras.layers.AveragePooling2D(**options)(maps[np.newaxis])[0]
    pooled = max_pool(maps, size=size, stride=stride, padding=padding)
    np.testing.assert_array_equal(pooled.values, largest)
    np.testing.assert_allclose(average_pool(maps, size=size, stride=stride, padding=padding), average, atol=1e-6)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_winners_hold_the_values_they_won_with(padding: str, dtype: type) -> None:
    maps = np.random.default_rng(1).integers(0, 3, (11, 9, 3)).astype(dtype)
    pooled = max_pool(maps, size=3, stride=2, padding=padding)
    channels = np.arange(3)[np.newaxis, np.newaxis, :]
    assert pooled.rows.min() >= 0 and pooled.columns.min() >= 0
    np.testing.assert_array_equal(maps[pooled.rows, pooled.columns, channels], pooled.values)


def test_a_border_pixel_never_wins() -> None:
    black = np.zeros((3, 3, 1), np.uint8)
    pooled = max_pool(black, size=2, padding="same")
    assert pooled.rows.max() == 2 and pooled.columns.max() == 2


@pytest.mark.parametrize(
    ("shape", "options"),
    [((4, 4), {}), ((4, 4, 1), {"size": 5}), ((4, 4, 1), {"size": 0}), ((4, 4, 1), {"stride": 0})],
)
def test_nonsense_is_refused_with_a_remedy(shape: tuple[int, ...], options: dict[str, int]) -> None:
    with pytest.raises(KernelError, match=r"Expected .* Received .*\. (Add|Choose)"):
        max_pool(np.zeros(shape), **options)
