import numpy as np
import pytest

from core.model.inference import handmade
from core.ops.convolution import Operation
from core.ops.geometry import Geometry
from core.ops.kernels import TUTORIAL_EXAMPLE, kernel

RANDOM = np.random.default_rng(0)
IMAGE = RANDOM.random((11, 12, 3))


def test_the_worked_nineteen_in_keras():
    operation = Operation(geometry=Geometry(padding="none"))
    nine = np.arange(9.0).reshape(3, 3, 1)
    result = handmade.compare(nine, TUTORIAL_EXAMPLE[..., None], operation, dtype="float64")
    assert result.keras[0, 0] == 19
    assert result.largest_difference == 0


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", ["none", "same", "custom"])
@pytest.mark.parametrize("border", ["zero", "reflect"])
def test_conv2d_computes_what_we_compute(stride, dilation, padding, border):
    geometry = Geometry(stride=stride, dilation=dilation, padding=padding, custom_padding=2, border=border)
    operation = Operation(geometry=geometry, bias=0.1, relu=True, flip=stride == 2)
    result = handmade.compare(IMAGE, RANDOM.normal(size=(3, 3, 3)), operation, dtype="float64")
    assert result.ours.shape == result.keras.shape
    assert result.largest_difference < 1e-12
    assert ("refuses" in result.remark) == (stride > 1 and dilation > 1)


def test_same_with_stride_on_even_sizes_starts_at_index_one():
    image = RANDOM.random((8, 8, 1))
    weights = kernel("gaussian", 3)[..., None]
    strided, _ = handmade.conv2d(image, weights, Operation(geometry=Geometry(stride=2)), dtype="float64")
    plain, _ = handmade.conv2d(image, weights, Operation(), dtype="float64")
    np.testing.assert_allclose(strided, plain[1::2, 1::2], atol=1e-12)


def test_float32_is_close_but_not_equal():
    result = handmade.compare(IMAGE, RANDOM.normal(size=(7, 7, 3)), Operation(), dtype="float32")
    assert 0 < result.largest_difference < 1e-4


def test_random_features_repeat_by_seed_and_are_what_the_tutorial_draws():
    features = handmade.random_features(IMAGE, seed=7)
    assert features.shape == (9, 10, 32) and features.dtype == np.float32 and features.min() == 0
    assert np.array_equal(features, handmade.random_features(IMAGE, seed=7))
    assert not np.array_equal(features, handmade.random_features(IMAGE, seed=8))
