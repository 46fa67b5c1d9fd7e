"""What fools a network, and how little it takes, against the Keras model and an independent library."""

import keras
import numpy as np
import pytest

from core.bounded import size_of
from core.data import registry
from core.model.construction.network import build
from core.model.experiments.adversarial import BOUNDS, WAYS, Fooled, Fooling, many_steps, one_step, over_the_boundary
from core.model.inference.networks import Network
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot

IMAGES = np.asarray(registry.load("cifar10-sample").test.images)
SNAPSHOT = Snapshot(find_run("tutorial"), 10)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return SNAPSHOT.keras_model()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", [0, 3, 7])
def test_keras_is_fooled_too(model: keras.Model, way: str, place: int) -> None:
    image = IMAGES[place]
    found = WAYS[way](SNAPSHOT.network(), image)
    assert found is not None
    before, after = np.asarray(model(np.stack([image, found.image]) / np.float32(255))).argmax(axis=1)
    assert after == found.answer != before
    assert found.largest == np.abs(found.image.astype(int) - image).max() <= BOUNDS[-1]
    assert size_of(found) < 2 * image.nbytes  # it keeps none of the other images that were tried


def test_no_smaller_step_by_the_sign_does(model: keras.Model) -> None:
    import tensorflow as tf

    image = IMAGES[3]
    found = one_step(SNAPSHOT.network(), image)
    assert found is not None
    given = tf.constant(image[None] / np.float32(255))
    label = np.asarray(model(given)).argmax(axis=1)
    with tf.GradientTape() as tape:
        tape.watch(given)
        loss = keras.losses.sparse_categorical_crossentropy(label, model(given), from_logits=True)
    sign = np.sign(np.asarray(tape.gradient(loss, given)))[0]
    tried = [np.clip(image + bound * sign, 0, 255) for bound in range(1, found.largest + 1)]
    answers = np.asarray(model(np.array(tried, np.float32) / 255)).argmax(axis=1)
    assert np.flatnonzero(answers != label)[0] == found.largest - 1


def test_many_steps_need_no_larger_bound_than_one() -> None:
    network = SNAPSHOT.network()
    for image in IMAGES[:5]:
        many, one = many_steps(network, image), one_step(network, image)
        assert many is not None
        assert one is None or many.largest <= one.largest


def test_a_straight_boundary_is_crossed_where_it_is_nearest() -> None:
    """For a linear network DeepFool is exact: the way is the distance to the plane, and two hundredths more."""
    architecture = Architecture.from_text("u-f-d10l")
    network, linear = (lambda made: (Network.of(made, architecture), made))(build(architecture, seed=0))
    image = IMAGES[0]
    kernel, bias = (np.asarray(each, np.float64) for each in linear.layers[-1].get_weights())
    logits = (image / 255).ravel() @ kernel + bias
    first = logits.argmax()
    gaps, normals = logits[first] - np.delete(logits, first), np.delete(kernel, first, 1) - kernel[:, [first]]
    nearest = (gaps / np.linalg.norm(normals, axis=0)).min()
    found = over_the_boundary(network, image)
    assert found is not None
    way = np.linalg.norm(found.image / 255 - image / 255)
    rounding = np.sqrt(image.size / 12) / 255  # of every number to a whole one of 255
    assert nearest <= way <= 1.05 * nearest + 2 * rounding


def test_a_network_that_always_says_the_same_is_not_fooled() -> None:
    architecture = Architecture.from_text("s-f-d10l")
    constant = build(architecture, seed=0)
    kernel, bias = constant.layers[-1].get_weights()
    constant.layers[-1].set_weights([np.zeros_like(kernel), np.eye(10)[3].astype(bias.dtype)])
    network = Network.of(constant, architecture)
    assert [way(network, IMAGES[0]) for way in WAYS.values()] == [None, None, None]


@pytest.mark.parametrize("answer", [3, None])
def test_the_search_finds_one_or_none(answer: int | None) -> None:
    found = None if answer is None else Fooled(image=IMAGES[0], answer=answer, largest=1)
    assert Fooling(lambda: found).result() == (() if found is None else (found,))
