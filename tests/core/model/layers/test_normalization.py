import numpy as np

from core.model.construction.network import build
from core.model.layers.normalization import LayerNormalization
from core.model.structure.architecture import Architecture


def test_layer_normalization_by_hand() -> None:
    """A scale and a shift for each of 32 channels; three multiplications a value: squared, normalized, scaled."""
    row = Architecture.from_text("u-c32-ln-f-d10l").rows()[1]
    assert (row.name, row.formula, row.parameters, row.trainable_parameters) == (
        "layer_normalization",
        "2 x 32",
        64,
        64,
    )
    assert row.multiply_adds == 3 * 30 * 30 * 32
    assert row.receptive_field == 3
    unscaled = Architecture.from_text("u-c32-lnu-f-d10l").rows()[1]
    assert (unscaled.formula, unscaled.parameters, unscaled.multiply_adds) == ("1 x 32", 32, 2 * 30 * 30 * 32)


def test_a_normalized_vectors_numbers_depend_on_the_whole_image() -> None:
    rows = Architecture.from_text("u-c8-f-ln-d10l").rows()
    assert [row.receptive_field for row in rows] == [3, 3, 32, 32]


def test_layer_normalization_links_and_code() -> None:
    assert LayerNormalization().to_text() == "ln"
    assert LayerNormalization(scale=False).to_text() == "lnu"
    assert LayerNormalization(scale=False).call().code() == "layers.LayerNormalization(scale=False)"


def test_channels_have_no_mean_and_unit_variance_at_every_place() -> None:
    """As the formula of Ba et al. has it, with Keras' 0.001 added to the variance."""
    network = build(Architecture.from_text("u-c8l-ln-f-d10l"), seed=0)
    maps = np.asarray(network.layers[1](np.random.default_rng(0).random((2, 32, 32, 3), np.float32)))
    centered = maps - maps.mean(axis=-1, keepdims=True)
    expected = centered / np.sqrt(maps.var(axis=-1, keepdims=True) + 1e-3)
    np.testing.assert_allclose(np.asarray(network.layers[2](maps)), expected, atol=1e-5)
