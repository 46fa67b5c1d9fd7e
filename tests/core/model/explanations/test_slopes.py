"""Methods made of slopes, against `GradientTape` on the Keras model and what their papers promise."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from scipy.ndimage import zoom

from core.data import registry
from core.errors import ConvscopeError, TooLargeError
from core.model.construction.network import build
from core.model.experiments import sanity
from core.model.explanations import METHODS
from core.model.explanations.grad_cam import coarse
from core.model.explanations.integrated import STEPS, attributions
from core.model.explanations.smooth import COPIES, NOISE
from core.model.inference.networks import Network
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot

IMAGE = np.asarray(registry.load("cifar10-sample").test.images[0])
PIXELS = (IMAGE / 255).astype(np.float32)
CLASS = 3


@pytest.fixture(scope="module", params=["tutorial", "strong"])
def pair(request: pytest.FixtureRequest) -> tuple[keras.Model, Network]:
    run = find_run(request.param)
    snapshot = Snapshot(run, run.epochs[-1])
    return snapshot.keras_model(), snapshot.network()


def slopes(model: keras.Model, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Slopes of the logit, image after image."""
    found = []
    for image in pixels:
        given = tf.constant(image[None])
        with tf.GradientTape() as tape:
            tape.watch(given)
            logit = model(given, training=False)[0, CLASS]
        found.append(np.asarray(tape.gradient(logit, given))[0])
    return np.array(found)


def heat(name: str, network: Network) -> NDArray[np.float32]:
    return METHODS[name].explain(network, IMAGE, CLASS).heat


def assert_equal(found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """To 1e-4 of the largest: float32, in other batches."""
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * float(np.abs(expected).max()))


def test_saliency_and_gradient_times_input(pair: tuple[keras.Model, Network]) -> None:
    model, network = pair
    expected = slopes(model, PIXELS[None])[0]
    assert_equal(heat("saliency", network), np.abs(expected).max(axis=-1))
    assert_equal(heat("gradient-input", network), (expected * PIXELS).sum(axis=-1))


def test_integrated_gradients_add_up_to_the_change_of_the_logit(pair: tuple[keras.Model, Network]) -> None:
    """Completeness (proposition 1 of the paper): to 3 % of the change, or a tenth of a logit, with this many steps."""
    model, network = pair
    black, whole = np.asarray(model(np.stack([np.zeros_like(PIXELS), PIXELS]), training=False))[:, CLASS]
    assert attributions(network, IMAGE, CLASS).sum() == pytest.approx(whole - black, rel=0.03, abs=0.1)


def test_integrated_gradients_tell_how_far_they_are_from_complete(pair: tuple[keras.Model, Network]) -> None:
    model, network = pair
    black, whole = np.asarray(model(np.stack([np.zeros_like(PIXELS), PIXELS]), training=False))[:, CLASS]
    told = METHODS["integrated"].explain(network, IMAGE, CLASS).how.replace("−", "-")
    found = [float(number) for number in re.findall(r"[-+]?\d+\.\d\d\b", told)]
    together = float(attributions(network, IMAGE, CLASS).sum())
    assert found == pytest.approx([together, whole, black, whole - black], abs=0.006)


def test_integrated_gradients_are_the_mean_on_the_way() -> None:
    snapshot = Snapshot(find_run("tutorial"), 10)
    way = [(step + 0.5) / STEPS * PIXELS for step in range(STEPS)]
    expected = PIXELS * slopes(snapshot.keras_model(), np.array(way)).mean(axis=0)
    assert_equal(attributions(snapshot.network(), IMAGE, CLASS), expected)


def test_smoothgrad_is_the_mean_of_noisy_copies() -> None:
    snapshot = Snapshot(find_run("tutorial"), 10)
    spread = NOISE * (PIXELS.max() - PIXELS.min())
    noise = np.random.default_rng(0).normal(0, spread, (COPIES, 32, 32, 3))
    expected = slopes(snapshot.keras_model(), (PIXELS + noise).astype(np.float32)).mean(axis=0)
    assert_equal(heat("smoothgrad", snapshot.network()), np.abs(expected).max(axis=-1))


def test_grad_cam_by_hand(pair: tuple[keras.Model, Network]) -> None:
    """The maps are cut out of the model by hand; of the tutorial's these are its third convolution's."""
    model, network = pair
    last = [layer for layer in model.layers if len(layer.output.shape) == 4][-1]
    inside = keras.Model(model.inputs[0], [last.output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = inside(tf.constant(PIXELS[None]), training=False)
        logit = logits[0, CLASS]
    weights = np.asarray(tape.gradient(logit, maps))[0].mean(axis=(0, 1))
    expected = np.maximum((np.asarray(maps)[0] * weights).sum(axis=-1), 0)
    assert_equal(coarse(network, IMAGE, CLASS), expected)
    found = heat("grad-cam", network)
    rough = zoom(expected, np.array(found.shape) / expected.shape, order=0)
    assert np.corrcoef(found.ravel(), rough.ravel())[0, 1] > 0.8  # the same cells, softly enlarged


def test_a_network_without_maps_is_told() -> None:
    architecture = Architecture.from_text("s-f-d10l")
    network = Network.of(build(architecture, seed=0), architecture)
    with pytest.raises(ConvscopeError, match="makes feature maps"):
        METHODS["grad-cam"].explain(network, IMAGE, 0)
    assert heat("saliency", network).any()


def test_a_network_too_large_to_look_inside_is_refused() -> None:
    """As for its maps: a legal network of few parameters and 60 MB of outputs an image."""
    architecture = Architecture.from_text("s-c512k1p-" + "n-" * 25 + "gm-d10l")
    network = Network.of(build(architecture, seed=0), architecture)
    with pytest.raises(TooLargeError):
        METHODS["integrated"].explain(network, IMAGE, 0)


def test_an_untrained_network_rests_its_answer_elsewhere() -> None:
    """The check itself: heats of two trained snapshots are more alike than those of a trained and an untrained one."""
    run = find_run("tutorial")
    trained, sibling = (Snapshot(run, epoch).network() for epoch in (10, 9))
    fresh = sanity.untrained(run.config.architecture)
    for name in ("saliency", "smoothgrad"):
        near, far = (sanity.similarity(heat(name, trained), heat(name, each)) for each in (sibling, fresh))
        assert near > far


def test_similarity_is_spearmans() -> None:
    from scipy.stats import spearmanr

    one, other = np.random.default_rng(0).normal(size=(2, 32, 32))
    assert sanity.similarity(one, other) == pytest.approx(
        spearmanr(np.abs(one).ravel(), np.abs(other).ravel()).statistic
    )
    assert sanity.similarity(one, np.ones_like(one)) == 0
