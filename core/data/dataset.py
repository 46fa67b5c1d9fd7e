"""What a data set is: two splits of labelled 32 x 32 RGB images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import SplitName


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Labelled images that belong together.

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
