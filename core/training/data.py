"""Which images a run trains on and which it is validated on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.errors import TrainingError
from core.training.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingData:
    """Images to learn from and images to validate on, never the same.

    Attributes:
        images, labels: uint8 (n, 32, 32, 3) and uint8 (n,), the training split, read-only.
        train: int64 (m,), positions in it to learn from.
        validation_images, validation_labels: uint8 (v, 32, 32, 3) and uint8 (v,).
        fingerprint: of the validation data; the data set's own when that is its test split.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    train: NDArray[np.int64]
    validation_images: NDArray[np.uint8]
    validation_labels: NDArray[np.uint8]
    fingerprint: str


def divide(dataset: Dataset, recipe: Recipe, seed: int) -> TrainingData:
    """Return the images `recipe` trains and validates on; the parts are drawn class by class with `seed`.

    Raises:
        TrainingError: the data set has no training images, or too few.
    """
    labels: NDArray[np.uint8] = np.asarray(dataset.train.labels)
    if not len(labels):
        raise TrainingError(
            f"Expected training images. Received {dataset.title}, which has test images only. Choose another data set."
        )
    images, test = dataset.train.images, dataset.test
    train, validation_images, validation_labels = training_and_validation(
        recipe, seed, images, labels, test.images, test.labels
    )
    return TrainingData(
        images=images,
        labels=labels,
        train=train,
        validation_images=validation_images,
        validation_labels=np.asarray(validation_labels),
        fingerprint=validation_fingerprint(dataset, recipe, seed),
    )


def training_and_validation(
    recipe: Recipe,
    seed: int,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    test_images: NDArray[np.uint8],
    test_labels: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the positions of the images to learn from, and the images and labels to validate on."""
    part = recipe.held_out if recipe.validation == "held-out" else 0.0
    train, held_out = choose(labels, part, recipe.training_images, seed)
    if recipe.validation == "test":
        return train, test_images, test_labels
    return train, images[held_out], labels[held_out]


def image_counts(recipe: Recipe, dataset: Dataset) -> tuple[int, int]:
    """Return how many images a run learns from, and how many it is validated on."""
    images = len(dataset.train.labels)
    held_out = round(images * recipe.held_out) if recipe.validation == "held-out" else 0
    return min(images - held_out, recipe.training_images or images), held_out or len(dataset.test.labels)


def choose(
    labels: NDArray[np.uint8], part: float, training_images: int | None, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which images to train on and which to hold out, every class in the same proportion.

    Args:
        labels: (n,), classes.
        part: of each class to hold out, 0..1.
        training_images: train on so many of the others; None for all.
        seed: of the draw; the images held out do not depend on how many are trained on.

    Returns:
        Two int64 arrays of positions, ascending, with none in common.
    """
    random = np.random.default_rng([seed, 1])
    rank = np.empty(len(labels))  # 0..1, an image's place in its class
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    held_out = np.flatnonzero(rank < part)
    train = np.flatnonzero(rank >= part)
    if training_images is not None and training_images < len(train):
        train = np.sort(train[np.argsort(rank[train], kind="stable")[:training_images]])
    return train, held_out


def validation_fingerprint(dataset: Dataset, recipe: Recipe, seed: int) -> str:
    """Return what tells these validation data from all others: the data set's own fingerprint for its test split."""
    if recipe.validation == "test":
        return dataset.fingerprint
    return f"{dataset.fingerprint}-held-out-{recipe.held_out:g}-{seed}"
