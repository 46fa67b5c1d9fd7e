"""Which images a step of training sees, and how they are changed; decided by the seed alone. NumPy, pure."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.training.recipe import Recipe
from core.training.steps.augmentation import augment


def batch_at(
    step: int,
    recipe: Recipe,
    images: NDArray[np.uint8],
    labels: NDArray[np.int32],
    train: NDArray[np.int64],
    seed: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the images (b, 32, 32, 3) and labels (b,) of step `step` (from 0).

    Args:
        step: counted over all epochs.
        recipe: how large batches are, and how images are changed.
        images, labels: uint8 (n, 32, 32, 3) and int32 (n,), all training images.
        train: positions of those to learn from.
        seed: of order and changes.
    """
    epoch, place = divmod(step, -(-len(train) // recipe.batch_size))
    order = order_of(epoch, len(train), seed)
    chosen = train[order[place * recipe.batch_size :][: recipe.batch_size]]
    batch = images[chosen]
    if recipe.augments:
        random = np.random.default_rng([seed, 3, step])
        mirrored = mirrored_ones(recipe, chosen, len(labels), epoch, random, seed)
        batch = augment(batch, recipe, random, mirrored)
    return np.ascontiguousarray(batch), labels[chosen]


@functools.lru_cache(maxsize=4)
def order_of(epoch: int, count: int, seed: int) -> NDArray[np.int64]:
    """Return the order (count,) in which an epoch goes through the images."""
    return np.random.default_rng([seed, 2, epoch]).permutation(count)


def mirrored_ones(
    recipe: Recipe, chosen: NDArray[np.int64], count: int, epoch: int, random: np.random.Generator, seed: int
) -> NDArray[np.bool_]:
    """Return which of the `chosen` (b,) of `count` images are mirrored in this epoch."""
    if recipe.flip == "none":
        return np.zeros(len(chosen), bool)
    if recipe.flip == "random":
        return random.random(len(chosen)) < 0.5
    return first_mirrored(count, seed)[chosen] ^ bool(epoch % 2)


@functools.lru_cache(maxsize=4)
def first_mirrored(count: int, seed: int) -> NDArray[np.bool_]:
    """Return which of `count` images are mirrored in every other epoch, the first among them."""
    return np.random.default_rng([seed, 4]).random(count) < 0.5
