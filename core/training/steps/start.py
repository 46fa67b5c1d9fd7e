"""Where a network starts from: its initial weights, computed from images where the recipe says so."""

import keras
import numpy as np
from numpy.typing import NDArray

from core.model.construction.network import build, pass_inputs_on, whiten_first_layer
from core.model.structure.architecture import Architecture
from core.training.data import TrainingData
from core.training.recipe import Recipe

WHITENING_IMAGES = 5000
"""So many of the training images tell the whitening filters."""


def initial_network(architecture: Architecture, recipe: Recipe, data: TrainingData, seed: int) -> keras.Model:
    """Return the untrained network a run of these starts from."""
    network = build(architecture, seed=seed, dtype=recipe.precision)
    set_start(network, recipe, data.images, data.train)
    return network


def set_start(network: keras.Model, recipe: Recipe, images: NDArray[np.uint8], train: NDArray[np.int64]) -> None:
    """Replace a network's random weights by what the recipe starts from.

    Args:
        network: as drawn at random.
        recipe: how to train.
        images: uint8 (n, 32, 32, 3).
        train: positions of the images to learn from.
    """
    if recipe.whitening:
        whiten_first_layer(network, images[train[:WHITENING_IMAGES]])
    if recipe.identity_start:
        pass_inputs_on(network)
    if recipe.head_scale != 1:
        head = network.layers[-1]
        head.kernel.assign(head.kernel * recipe.head_scale)
