"""How well a linear classifier reads the class off each block of a network, before training and after it:

    python -m core.training.studies.probes [RUN_FOLDER ...]

writes `probes.json` into the folders given, or into those of all shipped runs. A probe is a ridge regression to the ten
classes (Alain and Bengio 2016, "Understanding intermediate layers using linear classifier probes"), fitted to training
images; how strongly it is held down is chosen on a fifth of them; its accuracy is that on test images. No block is read
in more than FEATURES numbers: larger maps are averaged over a grid of fewer places.
"""

import argparse
import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.data import registry
from core.data.dataset import Split
from core.model.structure.blocks import blocks
from core.training.runs.files import read_json, write_json
from core.training.runs.run import Run, shipped_runs
from core.training.runs.snapshot import Snapshot

TRAIN, TEST, FEATURES = 8_000, 4_000, 1_024
"""The first so many images of each split, and the most numbers a block is read in."""

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""What may be added to the features' variances, which are 1."""

_FILE, _BATCH = "probes.json", 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What was measured of one run.

    Attributes:
        labels: of the places that were read: the pixels, then every block.
        features: how many numbers each was read in.
        epochs: the first and the last.
        accuracies: by epoch, the part 0..1 of the test images that each place's classifier answers correctly.
        train, test: how many images of each split were used.
        weights: what tells the weights that were read from others.
    """

    labels: list[str]
    features: list[int]
    epochs: list[int]
    accuracies: list[list[float]]
    train: int
    test: int
    weights: str


def stored(run: Run) -> Probes | None:
    """Return what lies with a run; None where there is nothing, or something of other weights."""
    try:
        found = Probes(**read_json(run.folder / _FILE) or {})
        lengths = {len(found.labels), len(found.features), *map(len, found.accuracies)}
        whole = len(lengths) == 1 and len(found.epochs) == len(found.accuracies) == 2
        return found if whole and found.weights == weights_digest(run) else None
    except (TypeError, OSError):
        return None


def weights_digest(run: Run) -> str:
    """Return a digest of a run's last weights; raises OSError where they are not there."""
    path = Snapshot(run, run.epochs[-1]).weights_path if run.epochs else run.folder
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def probe(run: Run, train: Split, test: Split) -> Probes:
    """Measure a run, on the first `TRAIN` and `TEST` images of its data."""
    epochs, parts = [run.epochs[0], run.epochs[-1]], blocks(run.config.architecture)
    accuracies: list[list[float]] = []
    for epoch in epochs:
        learned = read_off(Snapshot(run, epoch), train.images[:TRAIN])
        asked = read_off(Snapshot(run, epoch), test.images[:TEST])
        features = [each.shape[1] for each in learned]
        answers = [fitted(x, train.labels[:TRAIN])(y) for x, y in zip(learned, asked, strict=True)]
        accuracies.append([float((each == test.labels[:TEST]).mean()) for each in answers])
    return Probes(
        labels=["pixels", *(block.label for block in parts)],
        features=features,
        epochs=epochs,
        accuracies=accuracies,
        train=min(TRAIN, len(train)),
        test=min(TEST, len(test)),
        weights=weights_digest(run),
    )


def read_off(snapshot: Snapshot, images: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return (n, features) for the pixels and for every block, of uint8 (n, 32, 32, 3)."""
    import keras

    network = snapshot.keras_model()
    outputs = [network.get_layer(block.last.name).output for block in blocks(snapshot.architecture)]
    reader = keras.Model(network.inputs[0], [network.inputs[0], *outputs])
    parts = []
    for at in range(0, len(images), _BATCH):
        found = reader(np.asarray(images[at : at + _BATCH], np.float32) / WHITE, training=False)
        parts.append([averaged(np.asarray(each)) for each in found])
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def averaged(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a block's outputs, (n, side, side, maps) or (n, units), as at most FEATURES numbers an image.

    Maps are averaged over a grid of places as even as whole numbers allow; of a longer vector the first are taken.
    """
    if outputs.ndim == 2:
        return outputs[:, :FEATURES]
    count, side, _, maps = outputs.shape
    places = max(1, min(side, isqrt(FEATURES // maps)))
    edges = np.arange(places + 1) * side / places
    rows = np.arange(side)
    inside = (rows >= np.floor(edges[:-1, None])) & (rows < np.ceil(edges[1:, None]))  # (places, side)
    means = (inside / inside.sum(axis=1, keepdims=True)).astype(np.float32)
    across = np.tensordot(outputs, means, ([2], [1]))  # (n, side, maps, places)
    return np.tensordot(across, means, ([1], [1])).reshape(count, -1)


def fitted(features: NDArray[np.float32], labels: NDArray[np.integer]):  # type: ignore[no-untyped-def]
    """Return the classifier f(features (n, f)) -> classes (n,) that ridge regression makes of features and labels."""
    held = len(labels) // 5
    tried = {each: _ridge(features[held:], labels[held:], each) for each in STRENGTHS}
    best = max(STRENGTHS, key=lambda each: (tried[each](features[:held]) == labels[:held]).mean())
    return _ridge(features, labels, best)


def _ridge(features: NDArray[np.float32], labels: NDArray[np.integer], strength: float):  # type: ignore[no-untyped-def]
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread[spread == 0] = 1
    standard = (features - mean) / spread
    classes = np.unique(labels)
    targets = (labels[:, None] == classes).astype(np.float64)
    gram = (standard.T @ standard).astype(np.float64) / len(labels)
    gram[np.diag_indices_from(gram)] += strength
    weights = np.linalg.solve(gram, standard.T @ (targets - targets.mean(axis=0)) / len(labels))
    return lambda asked: classes[((asked - mean) / spread @ weights + targets.mean(axis=0)).argmax(axis=1)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Probe the runs."""
    parser = argparse.ArgumentParser(prog="python -m core.training.studies.probes", description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, help="run folders; those of all shipped runs where none is given")
    for run in [Run(folder) for folder in parser.parse_args(arguments).runs] or shipped_runs():
        begun = time.perf_counter()
        data = registry.load(run.config.dataset)
        found = probe(run, data.train, data.test)
        write_json(run.folder / _FILE, asdict(found))
        read = ", ".join(
            f"{label} {share:.1%}" for label, share in zip(found.labels, found.accuracies[-1], strict=True)
        )
        print(f"{run.id}: {read} in {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
