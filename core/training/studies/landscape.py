"""The loss around the way that a run took, in the plane in which its snapshots differ most:

    python -m core.training.studies.landscape RUN [--images 500] [--side 41]

writes the run's landscape.npz. The plane holds the last snapshot and the first two principal components of all
snapshots' differences from it (Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 7). Distances
are those of what is learned: the statistics of batch normalization, which may change far more than all weights, are
carried along.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import registry
from core.data.examples import Examples
from core.model.structure.weights import Variable
from core.training.runs.catalogue import find_run
from core.training.runs.files import replacing
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot

MARGIN = 0.4
"""How far the picture goes beyond the path on each side, in units."""

LEAST_EPOCHS, MOST_EPOCHS, MOST_PARAMETERS, SIDE = 3, 12, 200_000, 25
"""Of a run whose landscape is measured while a visitor waits: about two seconds and 60 MB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landscape:
    """Losses over a plane, in units of the distance from the first snapshot to the last, which lies at (0, 0).

    Attributes:
        epochs: int64 (e,), of the snapshots, ascending.
        path: float64 (e, 2), where the snapshots lie in the plane, seen from above.
        path_losses: float64 (e,), the snapshots' own losses, which lie off the plane.
        across, along: float64 (columns,), (rows,), the places in the first and the second component.
        losses: float32 (rows, columns), mean cross-entropy; not finite where the numbers grow too large.
        explained: float64 (2,), the share of the snapshots' squared differences that each component holds.
        unit: the distance that counts as one: the root of the sum of all learned weights' squared differences.
        images: how many training images the losses are means of.
    """

    epochs: NDArray[np.int64]
    path: NDArray[np.float64]
    path_losses: NDArray[np.float64]
    across: NDArray[np.float64]
    along: NDArray[np.float64]
    losses: NDArray[np.float32]
    explained: NDArray[np.float64]
    unit: float
    images: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
    """A plane through the weights of a network.

    Attributes:
        origin: float64 (parameters,), the last snapshot.
        directions: float64 (2, parameters), in what is learned at right angles and each a unit long.
        path: float64 (e, 2), the snapshots in it, in units.
        explained: float64 (2,), as in `Landscape`.
        unit: as in `Landscape`.
    """

    origin: NDArray[np.float64]
    directions: NDArray[np.float64]
    path: NDArray[np.float64]
    explained: NDArray[np.float64]
    unit: float

    def at(self, x: float, y: float) -> NDArray[np.float32]:
        """Return the weights (parameters,) at a place."""
        return (self.origin + x * self.directions[0] + y * self.directions[1]).astype(np.float32)


def plane_of(snapshots: NDArray[np.floating], learned: NDArray[np.bool_]) -> Plane:
    """Return the plane in which snapshots (e, parameters) differ most from the last of them, e at least 3.

    The first lies to the left of the last, and most of the others above the line between.

    Args:
        snapshots: the weights, in the order of training.
        learned: (parameters,), which of them tell how far snapshots lie apart; the others change along with these.
    """
    weights = np.asarray(snapshots, np.float64)
    differences = weights - weights[-1]
    unit = float(np.linalg.norm(differences[0, learned])) or 1.0
    mixed, strengths, _ = np.linalg.svd(differences[:, learned], full_matrices=False)
    path = mixed[:, :2] * strengths[:2] / unit
    components = (mixed[:, :2] / np.maximum(strengths[:2], np.finfo(np.float64).tiny)).T @ differences
    signs = np.where(np.array([-path[0, 0], path[:, 1].sum()]) < 0, -1.0, 1.0)
    return Plane(
        origin=weights[-1],
        directions=components * signs[:, None] * unit,
        path=path * signs,
        explained=strengths[:2] ** 2 / (strengths**2).sum(),
        unit=unit,
    )


def landscape(run: Run, epochs: Sequence[int], examples: Examples, *, side: int) -> Landscape:
    """Measure the loss over the plane of a run's snapshots, and of the snapshots themselves.

    Args:
        run: whose weights.
        epochs: of at least three snapshots, ascending.
        examples: whose mean loss is measured.
        side: how many places along the longer side of the picture.

    Raises:
        RunError: a snapshot is missing or damaged.
        TooLargeError: the layers' outputs fill too much memory.
    """
    from core.model.inference import descent

    networks = [Snapshot(run, epoch).network() for epoch in epochs]
    variables = descent.variables(networks[0])
    snapshots = np.stack([np.concatenate([np.ravel(values) for values in each.weights]) for each in networks])
    plane = plane_of(snapshots, np.concatenate([np.full(np.prod(each.shape), each.learned) for each in variables]))
    across, along = grid(plane.path, side)
    points = (shaped(plane.at(float(x), float(y)), variables) for y in along for x in across)
    losses = np.fromiter(descent.losses_of(networks[0], examples, points), np.float32)
    own = descent.losses_of(networks[0], examples, (each.weights for each in networks))
    return Landscape(
        epochs=np.array(epochs),
        path=plane.path,
        path_losses=np.fromiter(own, np.float64),
        across=across,
        along=along,
        losses=losses.reshape(len(along), len(across)),
        explained=plane.explained,
        unit=plane.unit,
        images=len(examples.labels),
    )


def grid(path: NDArray[np.float64], side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places across and along of a picture that holds a path (e, 2), about `side` of them the longer way."""
    low, high = path.min(axis=0) - MARGIN, path.max(axis=0) + MARGIN
    step = float((high - low).max()) / (side - 1)
    low = np.floor(low / step) * step  # the last snapshot, (0, 0), is one of the places
    counts = np.maximum(2, np.ceil((high - low) / step - 1e-9).astype(int) + 1)
    across, along = (low[axis] + step * np.arange(counts[axis]) for axis in (0, 1))
    return across, along


def shaped(flat: NDArray[np.float32], variables: Sequence[Variable]) -> list[NDArray[np.float32]]:
    """Return a network's weights from one vector (parameters,); a variance that would be negative is zero."""
    ends = np.cumsum([int(np.prod(each.shape)) for each in variables])
    floors = (0.0 if each.name == "moving_variance" else -np.inf for each in variables)
    parts = (np.maximum(part, floor) for part, floor in zip(np.split(flat, ends[:-1]), floors, strict=True))
    return [part.reshape(each.shape) for part, each in zip(parts, variables, strict=True)]


def some(epochs: Sequence[int]) -> tuple[int, ...]:
    """Return at most `MOST_EPOCHS` of a run's epochs, the first and the last among them.

    >>> some(range(31))
    (0, 3, 5, 8, 11, 14, 16, 19, 22, 25, 27, 30)
    """
    places = np.linspace(0, len(epochs) - 1, min(MOST_EPOCHS, len(epochs)))
    return tuple(epochs[int(place)] for place in np.rint(places))


def stored(run: Run) -> Landscape | None:
    """Return the landscape that lies with a run; None where there is none."""
    try:
        with np.load(run.folder / "landscape.npz", allow_pickle=False) as found:
            arrays = {field.name: found[field.name] for field in fields(Landscape)}
            return Landscape(**arrays | {"unit": float(arrays["unit"]), "images": int(arrays["images"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(run: Run, found: Landscape) -> Path:
    """Write a landscape beside a run's files."""
    path = run.folder / "landscape.npz"
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **{field.name: getattr(found, field.name) for field in fields(Landscape)})
    return path


def main(arguments: list[str] | None = None) -> None:
    """Measure and write one run's landscape."""
    parser = argparse.ArgumentParser(prog="python -m core.training.studies.landscape", description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--images", type=int, default=500, help="the first so many training images")
    parser.add_argument("--side", type=int, default=41, help="places along the longer side")
    options = parser.parse_args(arguments)
    run = find_run(options.run)
    train = registry.load(run.config.dataset).train
    examples = Examples(images=np.asarray(train.images[: options.images]), labels=train.labels[: options.images])
    found = landscape(run, run.epochs, examples, side=options.side)
    print(f"{write(run, found)}: {found.losses.shape}, {found.explained.sum():.1%} of the way lies in the plane")


if __name__ == "__main__":
    main()
