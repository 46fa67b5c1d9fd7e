"""What a script does with a network and images, and how it differs from Convscope: only scripts run this, whole."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.config import WHITE
from core.training.data import training_and_validation
from core.training.recipe import Recipe
from core.training.steps.loop import EpochMeans, Trainer
from core.training.steps.start import set_start

BATCH = 500
"""So many images are validated at a time."""


def training_pass(network: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a network's way from pixels to logits as it is walked in training; Convscope's is quicker."""
    return lambda pixels: network.call(pixels, training=True)  # not `network(...)`: that refuses cropped images


def repeat(
    model: keras.Model,
    recipe: Recipe,
    seed: int,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    test_images: NDArray[np.uint8],
    test_labels: NDArray[np.uint8],
) -> None:
    """Train a network by a recipe, print what came of each epoch, and save it as "network.keras"."""
    train, validation_images, validation_labels = training_and_validation(
        recipe, seed, images, labels, test_images, test_labels
    )
    if recipe.whitening or recipe.identity_start or recipe.head_scale != 1:
        set_start(model, recipe, images, train)
    trainer = Trainer(model, recipe, images, labels, train, seed=seed)
    for epoch in range(1, recipe.epochs + 1):
        means = EpochMeans()
        for metrics in trainer.run_epoch():
            means.add(metrics)
        parts = [validation_images[start : start + BATCH] for start in range(0, len(validation_images), BATCH)]
        answers = [np.asarray(model(part.astype(np.float32) / WHITE, training=False)).argmax(axis=1) for part in parts]
        accuracy = (np.concatenate(answers) == validation_labels).mean()
        print(f"epoch {epoch}: loss {means.loss:.4f}, accuracy {means.accuracy:.4f}, val_accuracy {accuracy:.4f}")
    model.save("network.keras")
