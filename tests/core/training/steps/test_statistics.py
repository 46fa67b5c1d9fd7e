"""Batch normalization's statistics, measured anew: against NumPy, and without a trace in what is learned."""

from dataclasses import replace

import keras
import numpy as np

from core.data.dataset import Dataset
from core.model.construction.network import build
from core.model.structure.architecture import Architecture
from core.training.data import divide
from core.training.recipe import Recipe
from core.training.steps.loop import Trainer
from core.training.steps.start import initial_network
from core.training.steps.statistics import measure_statistics

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 32, 32, 3), np.uint8)
NORMALIZED = Architecture.from_text("s-c8s2-n-r-(c8p-n0.6)-r-gm-d10l")


def normalizations(network: keras.Model) -> list[keras.layers.BatchNormalization]:
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]


def test_they_are_the_means_over_batches_of_what_comes_in() -> None:
    network = build(NORMALIZED, seed=1)
    first, second = normalizations(network)
    measure_statistics(network, IMAGES.reshape(3, 20, 32, 32, 3))
    before = keras.Model(network.inputs[0], first.input)(IMAGES / np.float32(255)).numpy().reshape(3, -1, 8)
    np.testing.assert_allclose(first.moving_mean, before.mean(axis=(0, 1)), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(first.moving_variance, before.var(axis=1).mean(axis=0), rtol=1e-4)
    assert (first.momentum, second.momentum) == (0.9, 0.6)  # as they were
    measure_statistics(network, [IMAGES])  # in one batch, training and answering are the same
    pixels = IMAGES / np.float32(255)
    np.testing.assert_allclose(network(pixels), network(pixels, training=True), rtol=1e-4, atol=1e-5)


def test_a_network_without_normalization_stays_as_it_is() -> None:
    network = build(Architecture.tutorial(), seed=0)
    before = network.get_weights()
    measure_statistics(network, [IMAGES])
    assert all(np.array_equal(was, now) for was, now in zip(before, network.get_weights(), strict=True))


def test_what_is_learned_does_not_change(digits: Dataset) -> None:
    """Random layers go on drawing as if nobody had asked in between."""
    plain = Recipe(epochs=3, batch_size=50, training_images=200, optimizer="sgd", learning_rate=0.05)
    architecture = Architecture.from_text("s-c8s2-n-r-o0.25-gm-d10l")
    found = []
    for recipe in (plain, replace(plain, fresh_statistics=True)):
        data = divide(digits, recipe, 0)
        network = initial_network(architecture, recipe, data, 0)
        trainer = Trainer(network, recipe, data.images, data.labels, data.train, seed=0)
        losses = [step.loss for _ in range(3) for step in trainer.run_epoch()]
        found.append((losses, network.trainable_variables, normalizations(network)[0].moving_mean.numpy()))
    (losses, weights, averaged), (same, equal, measured) = found
    assert losses == same
    assert all(np.array_equal(one, other) for one, other in zip(weights, equal, strict=True))
    assert not np.allclose(averaged, measured)
