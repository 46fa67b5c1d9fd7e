"""What a data set is: two splits of labeled 32 x 32 RGB images."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, SplitName


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Labeled images that belong together.

    Attributes:
        images: uint8 (n, 32, 32, 3), channels red, green, blue, range 0..255; read-only, memory-mapped where large.
        labels: uint8 (n,), positions in the data set's `class_names`.
        indices: int64 (n,), each image's index in the official split (0..n-1 unless this is a sample).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    indices: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """One data set as the whole application sees it.

    Attributes:
        name: key in the registry and the URL: "cifar10", "cifar10-sample" or "digits".
        family: runs are trained on a family: "cifar10" (also for its sample) or "digits".
        title: what a visitor reads, for example "CIFAR-10".
        origin: one sentence on where these pixels come from.
        class_names: ten names, position = label.
        train, test: the splits; a split may be empty (the bundled sample has test images only).
        fingerprint: short hexadecimal digest of pixels and labels; evaluations carry it.
        reencoded: whether the pixels are not the official ones (figures say "on re-encoded CIFAR-10").
    """

    name: str
    family: str
    title: str
    origin: str
    class_names: tuple[str, ...]
    train: Split
    test: Split
    fingerprint: str
    reencoded: bool = False

    def split(self, name: SplitName) -> Split:
        """Return the split called `name`."""
        return self.train if name == "train" else self.test

    @property
    def split_names(self) -> tuple[SplitName, ...]:
        """The names of the splits that hold at least one image, "train" first."""
        return tuple(name for name in ("train", "test") if len(self.split(name)))


def whole_split(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Split:
    """Return a split that holds every image of the official one, so that index equals position; read-only.

    Args:
        images: uint8 (n, 32, 32, 3).
        labels: uint8 (n,).
    """
    indices = np.arange(len(labels), dtype=np.int64)
    for array in (images, labels, indices):
        array.flags.writeable = False
    return Split(images=images, labels=labels, indices=indices)


def empty_split() -> Split:
    """Return a split without images."""
    return whole_split(np.empty((0, *IMAGE_SHAPE), np.uint8), np.empty((0,), np.uint8))


def fingerprint(arrays: Iterable[NDArray[Any]]) -> str:
    """Return a short hexadecimal digest of the arrays' shapes, types and contents, in their order.

    >>> fingerprint([np.zeros(3, np.uint8)]) == fingerprint([np.zeros(3, np.uint8)])
    True
    >>> fingerprint([np.zeros(3, np.uint8)]) == fingerprint([np.zeros((3, 1), np.uint8)])
    False
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]
