"""Lays test images out in a plane, so that those a network sees alike lie close together:

    python -m core.training.studies.layout [RUN_FOLDER ...]

writes `layout.npz` into the folders given, or into those of all shipped runs: where each image of the test split lies,
by what the layer before the logits makes of it after the last epoch. In two ways: along the two directions of largest
variance (principal components), and by t-SNE (van der Maaten and Hinton, "Visualizing Data using t-SNE", 2008).
"""

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.data import registry
from core.training.runs.files import read_arrays, replacing
from core.training.runs.run import Run, shipped_runs
from core.training.runs.snapshot import Snapshot

WAYS = {"t-SNE": "tsne", "principal components": "components"}
"""How images may be laid out, and under which name a file holds where."""
NEIGHBORS = 10
_FILE, _BATCH = "layout.npz", 500


def stored(run: Run) -> dict[str, NDArray[np.float32]]:
    """Return where the test images of a run's data lie, in the order of the official split.

    Returns:
        One of WAYS to float32 (n, 2), both axes within -1..1; nothing where none was stored.
    """
    found = read_arrays(run.folder / _FILE)
    places = {way: np.asarray(found[name], np.float32) for way, name in WAYS.items() if name in found}
    return {way: each for way, each in places.items() if each.ndim == 2 and each.shape[1] == 2}


def main(arguments: list[str] | None = None) -> None:
    """Lay out the test images of the runs."""
    parser = argparse.ArgumentParser(prog="python -m core.training.studies.layout", description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, help="run folders; those of all shipped runs where none is given")
    for run in [Run(folder) for folder in parser.parse_args(arguments).runs] or shipped_runs():
        begun = time.perf_counter()
        images = np.asarray(registry.load(run.config.dataset).test.images)
        features = last_features(Snapshot(run, run.epochs[-1]), images)
        with replacing(run.folder / _FILE) as path, path.open("wb") as file:
            np.savez_compressed(file, tsne=within(by_neighbors(features)), components=within(by_variance(features)))
        print(f"{run.id}: {len(images):,} images in {time.perf_counter() - begun:.0f} s", flush=True)


def purity(places: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return which part, 0..1, of every image's NEIGHBORS nearest ones shows the same class, on average.

    Args:
        places: (n, 2), n above NEIGHBORS.
        labels: (n,), the true classes.
    """
    from scipy.spatial import KDTree

    nearest = KDTree(places).query(places, NEIGHBORS + 1)[1][:, 1:]  # the nearest of all is the image itself
    return float((labels[nearest] == labels[:, np.newaxis]).mean())


def last_features(snapshot: Snapshot, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what goes into the last layer, (n, features), for images uint8 (n, 32, 32, 3)."""
    import keras

    network = snapshot.keras_model()
    before = keras.Model(network.inputs, network.layers[-1].input)
    parts = [before.predict(images[at : at + _BATCH] / WHITE, verbose=0) for at in range(0, len(images), _BATCH)]
    return np.concatenate(parts).reshape(len(images), -1)


def by_variance(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (n, 2), the features (n, f) along their two directions of largest variance, the largest first."""
    centered = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    directions = np.linalg.eigh(centered.T @ centered).eigenvectors  # ascending eigenvalues
    return centered @ directions[:, :-3:-1]


def by_neighbors(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (n, 2) by t-SNE with perplexity 30, begun with the principal components; seed 0."""
    from sklearn.manifold import TSNE

    return TSNE(perplexity=30, init="pca", random_state=0, n_jobs=-1).fit_transform(features)


def within(places: NDArray[np.float64]) -> NDArray[np.float16]:
    """Return places (n, 2) moved and scaled, both axes alike, to lie within -1..1."""
    low, high = places.min(axis=0), places.max(axis=0)
    return (2 * (places - (low + high) / 2) / (high - low).max()).astype(np.float16)


if __name__ == "__main__":
    main()
