import numpy as np
import pytest
from scipy.signal import correlate

from core.model.construction.network import build
from core.model.inference.inspection import MapLayer, map_layers, maps_and_logits
from core.model.inference.networks import Network
from core.model.layers.activations import ReLU
from core.model.layers.convolution import Conv2D
from core.model.layers.dense import Dense
from core.model.layers.reshaping import Flatten
from core.model.layers.residual import Residual
from core.model.structure.architecture import Architecture

IMAGE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def model():
    return build(Architecture.tutorial(), seed=3)


@pytest.fixture(scope="module")
def network(model) -> Network:
    return Network.of(model, Architecture.tutorial())


def _maps(*asked, **options) -> dict[str, np.ndarray]:
    return maps_and_logits(*asked, **options)[0]


def test_the_tutorials_layers_with_maps() -> None:
    layers = map_layers(Architecture.tutorial())
    assert [layer.name for layer in layers] == ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2"]
    assert layers[0] == MapLayer(
        name="conv2d", kind="convolution", separate=False, shape=(30, 30, 32), activation="relu"
    )
    assert layers[1] == MapLayer(
        name="max_pooling2d", kind="pooling", separate=True, shape=(15, 15, 32), activation=None
    )


def test_first_convolution_equals_scipys_correlation(model, network) -> None:
    kernels, bias = (np.asarray(values) for values in model.get_layer("conv2d").get_weights())
    kernel = kernels[..., 5].astype(np.float64)  # (3, 3, 3)
    expected = correlate(IMAGE / 255, kernel, mode="valid")[..., 0] + bias[5]
    maps = _maps(network, IMAGE)["conv2d"]
    assert maps.shape == (30, 30, 32)
    np.testing.assert_allclose(maps[..., 5], np.maximum(expected, 0), atol=2e-6)  # float32 sums of 27 products
    before = _maps(network, IMAGE, before_activation=True)["conv2d"]
    np.testing.assert_allclose(before[..., 5], expected, atol=2e-6)


def test_pooling_keeps_the_largest_of_every_window(network) -> None:
    maps = _maps(network, IMAGE)
    windows = maps["conv2d"].reshape(15, 2, 15, 2, 32)
    np.testing.assert_array_equal(maps["max_pooling2d"], windows.max(axis=(1, 3)))


def test_every_described_layer_is_computed_with_its_shape(network) -> None:
    maps = _maps(network, IMAGE)
    assert {layer.name: layer.shape for layer in map_layers(Architecture.tutorial())} == {
        name: values.shape for name, values in maps.items()
    }


def test_strong_and_residual_networks_are_described_as_they_are_computed() -> None:
    branch = (Conv2D(filters=4, padding="same", activation="linear"), ReLU())
    layers = (
        Conv2D(filters=4, padding="same"),
        Residual(layers=branch),
        Flatten(),
        Dense(units=10, activation="linear"),
    )
    for architecture in (Architecture.strong(), Architecture(layers=layers)):
        maps = _maps(Network.of(build(architecture, seed=0), architecture), IMAGE)
        described = map_layers(architecture)
        assert {layer.name: layer.shape for layer in described} == {name: values.shape for name, values in maps.items()}
        assert described[0].activation == architecture.layers[0].activation
        assert {layer.activation for layer in described[1:]} == {None}


def test_before_activation_changes_only_what_follows_an_activation_inside(network) -> None:
    after = _maps(network, IMAGE)
    before = _maps(network, IMAGE, before_activation=True)
    for name, values in before.items():
        np.testing.assert_allclose(np.maximum(values, 0), after[name], atol=2e-6)  # two graphs, fused in two ways
    assert before["conv2d_1"].min() < 0


def test_what_goes_into_a_smooth_activation_is_shown_before_it() -> None:
    architecture = Architecture.from_text("s-c6w-f-d10l")
    network = Network.of(build(architecture, seed=0), architecture)
    before, after = (_maps(network, IMAGE, before_activation=flag)["conv2d"] for flag in (True, False))
    np.testing.assert_allclose(before / (1 + np.exp(-before)), after, atol=2e-6)


def test_maps_are_shared_and_therefore_read_only(network) -> None:
    with pytest.raises(ValueError, match="read-only"):
        _maps(network, IMAGE)["conv2d"][0, 0, 0] = 1


def test_an_image_of_another_size_is_refused_with_a_sentence(network) -> None:
    with pytest.raises(ValueError, match=r"Expected an image of shape \(32, 32, 3\). Received \(8, 8, 3\)"):
        _maps(network, np.zeros((8, 8, 3), np.uint8))
