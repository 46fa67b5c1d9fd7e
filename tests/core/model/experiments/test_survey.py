"""What excites maps: against all maps of all images at once, computed by Keras and ranked by NumPy."""

import keras
import numpy as np
import pytest

from core.data.sets import digits
from core.model.construction.network import build
from core.model.experiments.survey import BEST, MOST_IMAGES, Excited, Survey, chosen
from core.model.inference.networks import MOST_UNITS, Network
from core.model.structure.architecture import Architecture

IMAGES = np.random.default_rng(0).integers(0, 256, (23, 32, 32, 3), np.uint8)
NETWORKS = {
    "tutorial": Architecture.tutorial(),
    "gelu": Architecture.from_text("u-c8-m2-c8g-f-d10l"),
    "strong": Architecture.strong(),
}


@pytest.fixture(scope="module", params=NETWORKS)
def surveyed(request: pytest.FixtureRequest) -> tuple[keras.Model, dict[str, Excited]]:
    architecture = NETWORKS[request.param]
    model = build(architecture, seed=4)
    network = Network.of(model, architecture)
    network.surveyed_at_a_time = 7  # several batches, the last one smaller
    return model, Survey(lambda: network, architecture, IMAGES, chosen(len(IMAGES))).result()


def outputs_of(model: keras.Model, name: str) -> np.ndarray:
    """All outputs of a layer, (n, places, maps)."""
    reader = keras.Model(model.inputs[0], model.get_layer(name).output)
    found = np.asarray(reader(IMAGES.astype(np.float32) / 255, training=False))
    return found.reshape(len(found), -1, found.shape[-1])


def test_the_strongest_images_and_places_are_kerass(surveyed: tuple[keras.Model, dict[str, Excited]]) -> None:
    model, excited = surveyed
    for name, found in excited.items():
        outputs = outputs_of(model, name)
        largest = outputs.max(axis=1)  # (n, maps)
        for feature in range(outputs.shape[-1]):
            expected = np.sort(largest[:, feature])[::-1][:BEST]
            np.testing.assert_allclose(found.values[feature], expected, rtol=1e-4, atol=1e-5)
            at = outputs[found.images[feature], found.places[feature], feature]
            np.testing.assert_allclose(at, expected, rtol=1e-4, atol=1e-5)
            assert len(set(found.images[feature])) == BEST


def test_zero_everywhere_is_counted(surveyed: tuple[keras.Model, dict[str, Excited]]) -> None:
    model, excited = surveyed
    for name, found in excited.items():
        expected = (outputs_of(model, name) != 0).any(axis=1).sum(axis=0)
        assert np.abs(found.counts - expected).max() <= 1, name  # a sum of 5e-9 may be zero in another order


def test_a_dead_filter_is_told() -> None:
    architecture = Architecture.tutorial()
    model = build(architecture, seed=0)
    kernel, bias = model.get_layer("conv2d_1").get_weights()
    bias[5] = -1e6
    model.get_layer("conv2d_1").set_weights([kernel, bias])
    network = Network.of(model, architecture)
    found = Survey(lambda: network, architecture, IMAGES, chosen(len(IMAGES))).result()
    assert found["conv2d_1"].counts[5] == found["max_pooling2d_1"].counts[5] == 0
    assert (found["conv2d_1"].counts > 0).sum() > 20
    assert found["conv2d_1"].images[5].tolist() == list(range(BEST))  # of equal ones the first


def test_the_same_images_are_asked_about_every_time() -> None:
    np.testing.assert_array_equal(chosen(359), np.arange(359))
    np.testing.assert_array_equal(chosen(10_000), chosen(10_000))
    assert len(np.unique(chosen(10_000))) == MOST_IMAGES
    assert (np.diff(chosen(10_000)) > 0).all()


def test_long_vectors_are_left_out() -> None:
    architecture = Architecture.from_text("u-c16k1-f-d10l")
    found = Network.of(build(architecture, seed=0), architecture).peaks(IMAGES[:1])
    assert list(found) == ["conv2d", "dense"]
    assert architecture.rows()[1].output_shape[0] > MOST_UNITS


def test_fewer_images_than_are_kept() -> None:
    architecture = Architecture.tutorial()
    network = Network.of(build(architecture, seed=0), architecture)
    found = Survey(lambda: network, architecture, digits.load().test.images, np.arange(4)).result()
    assert found["conv2d"].values.shape == (32, 4)
