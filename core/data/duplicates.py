"""Test images of CIFAR-10 that are nearly training images too (Barz and Denzler 2020, "Do We Train on Test Data?"):

    python -m core.data.duplicates

compares every test image with every training image and writes `duplicates.csv` beside this file: which two, by their
indices in the official splits, and how alike they are. Four minutes of processor time, a gigabyte of memory.

Of the three training images whose pixels correlate most with a test image's, those are nearly the same whose details do
too: images of much sky are alike in the large without showing the same. What is shifted, mirrored or cut otherwise is
not found.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FAMILY = "cifar10"
NEARLY, DETAILED = 0.82, 0.75
"""The least correlation of all pixels, and of their details. Of the 204 pairs above both, looked at one by one, some 7
show two things, sea and sky for the most part."""

_FILE = Path(__file__).with_name("duplicates.csv")
_PART, _CANDIDATES = 2_500, 3
_BLOCK = 4
"""Details are what is left of an image without the mean colors of its blocks of so many pixels a side; the outermost
blocks do not count, for some images have the same frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A test image and the training image it is nearly.

    Attributes:
        test, train: their indices in the official splits.
        alike: correlation of their details, at most 1.
    """

    test: int
    train: int
    alike: float


def stored(family: str) -> tuple[Pair, ...]:
    """Return the pairs of a family of data, those most alike first; none where they are not known."""
    if family != FAMILY:
        return ()
    with _FILE.open(newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Pair(test=int(row["test"]), train=int(row["train"]), alike=float(row["alike"])) for row in rows)


def find(test: NDArray[np.uint8], train: NDArray[np.uint8]) -> list[Pair]:
    """Return of every test image the training image it is nearly, where there is one; most alike first.

    Args:
        test: uint8 (n, h, w, 3), sides that `_BLOCK` divides.
        train: uint8 (m, h, w, 3).
    """
    alike, near = _nearest(test, train)
    best: dict[int, Pair] = {}
    for at, each in np.argwhere(alike >= NEARLY):
        nearby = int(near[at, each])
        one, other = (_normed(_details(np.asarray(images)[np.newaxis])) for images in (test[at], train[nearby]))
        pair = Pair(test=int(at), train=nearby, alike=round(float((one * other).sum()), 4))
        if pair.alike >= max(DETAILED, best[at].alike if at in best else 0):
            best[at] = pair
    return sorted(best.values(), key=lambda pair: (-pair.alike, pair.test))


def _nearest(test: NDArray[np.uint8], train: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return correlations (n, up to `_CANDIDATES`) of pixels, and the positions of these training images."""
    whole = _normed(test)
    alike, near = np.empty((len(test), 0), np.float32), np.empty((len(test), 0), np.int64)
    for begin, part in _parts(train):
        alike = np.concatenate([alike, whole @ _normed(part).T], axis=1)
        near = np.concatenate([near, np.tile(begin + np.arange(len(part)), (len(test), 1))], axis=1)
        kept = np.argsort(-alike, axis=1, kind="stable")[:, :_CANDIDATES]
        alike, near = np.take_along_axis(alike, kept, 1), np.take_along_axis(near, kept, 1)
    return alike, near


def _parts(images: NDArray[np.uint8]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    for begin in range(0, len(images), _PART):
        yield begin, images[begin : begin + _PART]


def _normed(images: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return each image as a row of mean 0 and length 1: the product of two is their correlation."""
    rows = np.asarray(images, np.float32).reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _details(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    inside = np.asarray(images, np.float32)[:, _BLOCK:-_BLOCK, _BLOCK:-_BLOCK]
    count, height, width, channels = inside.shape
    blocks = inside.reshape(count, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, channels)
    return (blocks - blocks.mean(axis=(2, 4), keepdims=True)).reshape(inside.shape)


def main() -> None:
    """Find the pairs in the images at hand and write them down."""
    from core.data import registry

    dataset = registry.load(FAMILY)
    pairs = find(np.asarray(dataset.test.images), dataset.train.images)
    with _FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("test", "train", "alike"))
        writer.writerows((pair.test, pair.train, pair.alike) for pair in pairs)
    print(f"{len(pairs):,} of {len(dataset.test):,} test images are nearly training images {dataset.figures_note}")


if __name__ == "__main__":
    main()
