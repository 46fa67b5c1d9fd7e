"""Which images a run trains on and which it is validated on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.errors import TrainingError
from core.training.recipes import Recipe


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
    labels = np.asarray(dataset.train.labels)
    if not len(labels):
        raise TrainingError(
            f"Expected training images. Received {dataset.title}, which has test images only. "
            "Get all of CIFAR-10, or train on the digits."
        )
    random = np.random.default_rng([seed, 1])
    order = np.concatenate([random.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)])
    rank = np.empty(len(labels))  # 0..1, position of an image within its class
    for label in np.unique(labels):
        members = order[labels[order] == label]
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    held_out = rank < recipe.held_out if recipe.validation == "held-out" else np.zeros(len(labels), bool)
    train = np.flatnonzero(~held_out)
    if recipe.training_images is not None and recipe.training_images < len(train):
        train = np.sort(train[np.argsort(rank[train], kind="stable")[: recipe.training_images]])
    if recipe.validation == "test":
        images, validation_labels = dataset.test.images, dataset.test.labels
    else:
        images, validation_labels = dataset.train.images[held_out], labels[held_out]
    return TrainingData(
        images=dataset.train.images,
        labels=labels,
        train=train,
        validation_images=images,
        validation_labels=np.asarray(validation_labels),
        fingerprint=validation_fingerprint(dataset, recipe, seed),
    )


def validation_fingerprint(dataset: Dataset, recipe: Recipe, seed: int) -> str:
    """Return what tells these validation data from all others: the data set's own fingerprint for its test split."""
    if recipe.validation == "test":
        return dataset.fingerprint
    return f"{dataset.fingerprint}-held-out-{recipe.held_out:g}-{seed}"
