"""What a data set is: two splits of labeled 32 x 32 RGB images."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, SplitName
from core.data.about import About
from core.errors import DataError


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


FEWEST_CLASSES, MOST_CLASSES = 2, 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """One data set as the whole application sees it.

    Attributes:
        about: what is known of it without its images.
        family: runs are trained on a family, whatever pixels of it are at hand: a sample's is the whole data set's.
        origin: one sentence on where these pixels come from.
        class_names: 2 to 100 names, all different, position = label.
        train, test: the splits; a split may be empty (the bundled sample has test images only).
        fingerprint: short hexadecimal digest of pixels and labels; evaluations carry it.
        figures_note: what to say beside every figure measured on it, for example "on re-encoded CIFAR-10".
        left_out: a sentence each on what is missing from it, for example files that could not be read.
    """

    about: About
    family: str
    origin: str
    class_names: tuple[str, ...]
    train: Split
    test: Split
    fingerprint: str
    figures_note: str = ""
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.class_names)
        if not FEWEST_CLASSES <= count <= MOST_CLASSES or len(set(self.class_names)) < count:
            raise DataError(
                f"Expected {FEWEST_CLASSES} to {MOST_CLASSES} classes of different names in {self.title}. "
                f"Received {count}. Add or rename classes."
            )

    @property
    def name(self) -> str:
        """Key in the registry and in links."""
        return self.about.name

    @property
    def title(self) -> str:
        """What a visitor reads."""
        return self.about.title

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

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


def choose_for_testing(labels: NDArray[np.uint8], share: float = 0.2, seed: int = 0) -> NDArray[np.bool_]:
    """Return bool (n,): `share` of each class, at least one image, drawn with a fixed seed."""
    # The legacy generator's stream is frozen for all NumPy versions, so the split never changes under a shipped run.
    generator = np.random.RandomState(seed)
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        chosen[members[: max(1, round(len(members) * share))]] = True
    return chosen
