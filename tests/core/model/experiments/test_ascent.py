"""The picture made for a filter: its slope against finite differences and Keras, its height against a bound."""

import itertools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from core.errors import BusyError
from core.model.construction.network import build
from core.model.experiments import ascent
from core.model.experiments.ascent import STEPS, Ascent, Climbed, climbed, preconditioned
from core.model.inference import map_slopes
from core.model.inference.map_slopes import Spot, slope_at, values_at
from core.model.inference.networks import Network
from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.random((32, 32, 3))
ARCHITECTURES = {"tutorial": Architecture.tutorial(), "strong": Architecture.strong()}
SPOTS = {
    "tutorial": [Spot("conv2d", 3, 4, 5), Spot("conv2d_1", 6, 2, 7), Spot("conv2d_2", 2, 2, 40)],
    "strong": [Spot("conv2d_3", 8, 0, 9), Spot("conv2d_8", 2, 1, 100)],
}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def pair(request: pytest.FixtureRequest) -> tuple[str, keras.Model, Network]:
    architecture = ARCHITECTURES[request.param]
    model = build(architecture, seed=2)
    return request.param, model, Network.of(model, architecture)


def row_of(name: str, layer: str) -> LayerRow:
    return next(row for row in ARCHITECTURES[name].rows() if row.name == layer)


def before_activation(model: keras.Model, spot: Spot, pixels: tf.Tensor) -> tf.Tensor:
    """The number at a spot by plain Keras: the maps before the layer, its kernel, its bias."""
    layer = model.get_layer(spot.layer)
    maps = keras.Model(model.inputs[0], layer.input)(pixels, training=False)
    found = tf.nn.conv2d(maps, layer.kernel, layer.strides, layer.padding.upper())
    return found[0, spot.row, spot.column, spot.feature] + (layer.bias[spot.feature] if layer.use_bias else 0)


def test_slopes_are_kerass(pair: tuple[str, keras.Model, Network]) -> None:
    name, model, network = pair
    for spot in SPOTS[name]:
        pixels = tf.constant(PIXELS[None], tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            number = before_activation(model, spot, pixels)
        expected = np.asarray(tape.gradient(number, pixels))[0]
        np.testing.assert_allclose(slope_at(network, spot, PIXELS), expected, rtol=1e-3, atol=1e-5)


def test_slopes_are_finite_differences(pair: tuple[str, keras.Model, Network]) -> None:
    """Along one direction, in single precision; half a step that crosses no fold of ReLU or pooling."""
    name, model, network = pair
    spot = SPOTS[name][0]
    direction = RANDOM.normal(0, 1, PIXELS.shape) / 50
    ends = [
        float(before_activation(model, spot, tf.constant((PIXELS + sign * 1e-2 * direction)[None], tf.float32)))
        for sign in (-1, 1)
    ]
    expected = (ends[1] - ends[0]) / 2e-2
    assert float((slope_at(network, spot, PIXELS) * direction).sum()) == pytest.approx(expected, rel=0.05, abs=1e-3)


def test_values_come_out_of_the_layer(pair: tuple[str, keras.Model, Network]) -> None:
    name, model, network = pair
    images = RANDOM.random((5, 32, 32, 3)).astype(np.float32)
    network.images_at_a_time = 2
    for spot in SPOTS[name]:
        maps = keras.Model(model.inputs[0], model.get_layer(spot.layer).output)(images, training=False)
        expected = np.asarray(maps)[:, spot.row, spot.column, spot.feature]
        np.testing.assert_allclose(values_at(network, spot, images), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("feature", [0, 7])
def test_the_first_layers_picture_is_the_best_there_is(feature: int) -> None:
    """Of pixels in 0..1 the best are 1 where a weight is positive and 0 where it is negative."""
    architecture = Architecture.tutorial()
    model = build(architecture, seed=2)
    network = Network.of(model, architecture)
    kernel, bias = (np.asarray(each) for each in model.get_layer("conv2d").get_weights())
    best = np.maximum(kernel[..., feature], 0).sum() + bias[feature]
    free = Ascent(lambda: network, row_of("tutorial", "conv2d"), feature, smooth=False).result()
    assert 0.98 * best < free.values[-1] <= best + 1e-5
    seen = free.pictures[-1][free.row : free.row + 3, free.column : free.column + 3]
    clear = np.abs(kernel[..., feature]) > 0.05
    np.testing.assert_array_equal((seen > 127)[clear], (kernel[..., feature] > 0)[clear])


@pytest.mark.parametrize("smooth", [True, False])
def test_it_climbs_and_is_always_the_same(
    pair: tuple[str, keras.Model, Network], smooth: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, model, network = pair
    spot = SPOTS[name][-1]

    def climb() -> Climbed:
        return Ascent(lambda: network, row_of(name, spot.layer), spot.feature, smooth=smooth).result()

    first = climb()
    asked = itertools.count()

    def too_busy_now_and_then(*arguments: Any) -> NDArray[np.float32]:
        if next(asked) in (2, 13, 40):
            raise BusyError("Too many others ask.")
        return slope_at(*arguments)

    monkeypatch.setattr(map_slopes, "slope_at", too_busy_now_and_then)
    second = climb()
    assert first.pictures.shape == (STEPS + 1, 32, 32, 3)
    np.testing.assert_array_equal(first.pictures, second.pictures)
    maps = keras.Model(model.inputs[0], model.get_layer(spot.layer).output)(first.pictures / np.float32(255))
    told = np.asarray(maps)[:, first.row, first.column, spot.feature]
    np.testing.assert_allclose(first.values, told, rtol=1e-3, atol=1e-4)
    assert first.values[-1] > max(0.0, 1.5 * first.values[0])


def test_the_smooth_step_is_one_by_scaled_coefficients() -> None:
    """Its slope by Fourier coefficients scaled by 1 / f, brought back to pixels, is the preconditioned slope."""
    slope = RANDOM.normal(0, 1, (32, 32, 3))
    frequency = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(32))
    scale = (1 / 32) / np.maximum(frequency, 1 / 32)
    mixed = slope @ ascent._COLORS
    expected = np.fft.ifft2(scale[..., None] * (scale[..., None] * np.fft.fft2(mixed, axes=(0, 1))), axes=(0, 1))
    np.testing.assert_allclose(preconditioned(slope, smooth=True), expected.real, atol=1e-12)
    np.testing.assert_allclose(expected.imag, 0, atol=1e-12)
    assert preconditioned(slope, smooth=False) is not None
    np.testing.assert_array_equal(preconditioned(slope, smooth=False), slope)


def test_no_slope_moves_nothing() -> None:
    flat = np.zeros((32, 32, 3))
    np.testing.assert_array_equal(climbed(flat, flat, smooth=True), flat)
