"""What excites every map of a network among many images, and which maps none of them excites at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.model.inference.background import Work
from core.model.structure.architecture import Architecture

if TYPE_CHECKING:
    from core.model.inference.networks import Network, Peaks

BEST = 9
"""So many images are kept a map."""

MOST_IMAGES, SEED = 2_000, 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Excited:
    """What images did to the maps of one layer; of a vector each number is a map of its own.

    Attributes:
        values: float32 (maps, best), the highest values, the largest first, one an image; best is `BEST`, or the number
            of images where that is less.
        images: int64 (maps, best), positions of these images.
        places: int64 (maps, best), where in the map the value stands: row x width + column.
        counts: int64 (maps,), in how many of all images the map is anywhere else than zero.
    """

    values: NDArray[np.float32]
    images: NDArray[np.int64]
    places: NDArray[np.int64]
    counts: NDArray[np.int64]


def chosen(total: int) -> NDArray[np.int64]:
    """Return the positions of the images to ask about: all, or always the same `MOST_IMAGES` of them, ascending."""
    if total <= MOST_IMAGES:
        return np.arange(total)
    return np.sort(np.random.default_rng(SEED).choice(total, MOST_IMAGES, replace=False))


class Survey(Work[dict[str, Excited]]):
    """By layer, what images do to its maps, computed while somebody looks.

    Args:
        make: called in the background at every step; returns the network, which one that rests does not hold.
        images: uint8 (n, 32, 32, 3), possibly memory-mapped.
        positions: int64 (m,), ascending: of the images that are asked about.

    Raises:
        BusyError: too many others are under way.
    """

    def __init__(
        self,
        make: "Callable[[], Network]",
        architecture: Architecture,
        images: NDArray[np.uint8],
        positions: NDArray[np.int64],
    ) -> None:
        maps = sum(row.output_shape[-1] for row in architecture.rows())
        self.nbytes = maps * BEST * 20 + positions.nbytes
        self._make, self._images, self.positions = make, images, positions
        self._excited: dict[str, Excited] = {}
        super().__init__(len(positions))

    def _step(self) -> int:
        network = self._make()
        batch = self.positions[self.count : self.count + network.surveyed_at_a_time]
        peaks = network.peaks(np.asarray(self._images[batch]))
        self._excited = {name: _merged(self._excited.get(name), each, batch) for name, each in peaks.items()}
        return len(batch)

    def _found(self) -> dict[str, Excited]:
        return self._excited


def _merged(before: Excited | None, peaks: "Peaks", positions: NDArray[np.int64]) -> Excited:
    """Return what all images so far did, with a batch of them more."""
    values, places, counts = peaks.highest.T, peaks.places.T.astype(np.int64), alive(peaks).sum(axis=0)
    images = np.broadcast_to(positions, values.shape)
    if before is not None:
        values, counts = np.concatenate([before.values, values], axis=1), counts + before.counts
        images = np.concatenate([before.images, images], axis=1)
        places = np.concatenate([before.places, places], axis=1)
    best = np.argsort(-values, axis=1, kind="stable")[:, :BEST]  # of equal ones the first image
    return Excited(
        values=np.take_along_axis(values, best, axis=1),
        images=np.take_along_axis(images, best, axis=1),
        places=np.take_along_axis(places, best, axis=1),
        counts=counts,
    )


def alive(peaks: "Peaks") -> NDArray[np.bool_]:
    """Return (n, maps), whether a map of an image is anywhere else than zero."""
    return (peaks.highest != 0) | (peaks.lowest != 0)
