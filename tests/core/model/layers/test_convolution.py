import keras
import numpy as np
from scipy.signal import correlate2d

from core.model.construction.network import build
from core.model.inference.inspection import has_convolution, map_layers
from core.model.layers.convolution import DepthwiseConv2D
from core.model.structure.architecture import Architecture


def test_depthwise_by_hand() -> None:
    """32 kernels of 3 x 3 and as many biases; each of 28 x 28 x 32 values costs nine multiplications."""
    row = Architecture.from_text("u-c32-dw-f-d10l").rows()[1]
    assert (row.name, row.output_shape, row.formula, row.parameters) == (
        "depthwise_conv2d",
        (28, 28, 32),
        "(3 x 3 + 1) x 32",
        320,
    )
    assert row.multiply_adds == 28 * 28 * 32 * 9
    assert row.receptive_field == 5


def test_depthwise_links_and_code() -> None:
    assert DepthwiseConv2D().to_text() == "dw"
    layer = DepthwiseConv2D(kernel_size=5, strides=2, padding="same", activation="linear", use_bias=False)
    assert layer.to_text() == "dw5s2plb"
    assert layer.call().code() == 'layers.DepthwiseConv2D(5, strides=2, padding="same", use_bias=False)'


def test_depthwise_maps_are_scipys_correlations_of_one_channel_each() -> None:
    network = build(Architecture.from_text("u-dw3l-f-d10l"), seed=1)
    kernel = np.asarray(network.layers[1].kernel)[..., 0]  # (3, 3, channels)
    image = np.random.default_rng(0).random((32, 32, 3)).astype(np.float32)
    maps = np.asarray(keras.Model(network.inputs, network.layers[1].output)(image[None]))[0]
    for channel in range(3):
        expected = correlate2d(image[..., channel], kernel[..., channel], mode="valid")
        np.testing.assert_allclose(maps[..., channel], expected, atol=1e-5)


def test_depthwise_maps_are_made_of_one_map_each_and_hold_no_kernels_of_all_channels() -> None:
    architecture = Architecture.from_text("u-dw-f-d10l")
    (maps,) = map_layers(architecture)
    assert (maps.kind, maps.separate) == ("convolution", True)
    assert not has_convolution(architecture)
