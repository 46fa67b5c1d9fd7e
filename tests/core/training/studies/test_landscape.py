"""The plane of a path, the places of its picture, and the shipped landscapes against the weights they were made of."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.model.structure.weights import Variable
from core.training.runs.catalogue import find_run
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.studies import landscape

SHIPPED = sorted(path.parent.name for path in SHIPPED_RUNS.glob("*/landscape.npz"))


def test_a_path_within_a_plane_is_found_again() -> None:
    """Snapshots that lie in a plane of a hundred dimensions: their distances are those in the picture."""
    generator = np.random.default_rng(0)
    directions, _ = np.linalg.qr(generator.normal(size=(100, 2)))
    snapshots = generator.normal(size=100) + np.array([[0, 0], [3, 1.5], [5, 1], [6, 0.0]]) @ directions.T
    plane = landscape.plane_of(snapshots, np.ones(100, bool))
    assert plane.explained.sum() == pytest.approx(1)
    assert plane.unit == pytest.approx(6)
    assert plane.path[0, 0] < 0
    np.testing.assert_allclose(plane.path[-1], 0, atol=1e-12)
    for row, snapshot in zip(plane.path, snapshots, strict=True):
        np.testing.assert_allclose(plane.at(*row), snapshot, atol=1e-5)
    apart = np.linalg.norm(plane.path[1] - plane.path[2]) * plane.unit
    assert apart == pytest.approx(np.linalg.norm(snapshots[1] - snapshots[2]))


def test_what_is_not_learned_moves_along_and_tells_no_distance() -> None:
    generator = np.random.default_rng(0)
    places = np.array([[0, 0], [3, 1.5], [5, 1], [6, 0.0]])
    directions, _ = np.linalg.qr(generator.normal(size=(100, 2)))
    weights, statistics = places @ directions.T, 1000 * places @ generator.normal(size=(2, 8))
    together = landscape.plane_of(np.hstack([weights, statistics]), np.arange(108) < 100)
    alone = landscape.plane_of(weights, np.ones(100, bool))
    assert together.unit == pytest.approx(6)
    np.testing.assert_allclose(together.path, alone.path)
    np.testing.assert_allclose(together.explained, alone.explained)
    for row, snapshot in zip(together.path, np.hstack([weights, statistics]), strict=True):
        np.testing.assert_allclose(together.at(*row), snapshot, rtol=1e-5, atol=1e-2)


def test_the_picture_holds_the_path_and_its_pixels_are_square() -> None:
    path = np.array([[-1, 0], [-0.4, 0.3], [0, 0]])
    across, along = landscape.grid(path, 41)
    assert len(across) in (41, 42)
    assert min(np.abs(across).min(), np.abs(along).min()) == pytest.approx(0, abs=1e-12)
    assert across[1] - across[0] == pytest.approx(along[1] - along[0])
    assert across[0] <= -1.39
    assert along[-1] >= 0.69


def test_weights_get_their_shapes_back_and_variances_stay_positive() -> None:
    variables = [
        Variable(layer="a", name="kernel", shape=(2, 2), learned=True),
        Variable(layer="b", name="moving_mean", shape=(1,), learned=False),
        Variable(layer="b", name="moving_variance", shape=(1,), learned=False),
    ]
    kernel, mean, variance = landscape.shaped(np.array([1, -2, 3, 4, -5, -6], np.float32), variables)
    np.testing.assert_array_equal(kernel, [[1, -2], [3, 4]])
    assert (mean[0], variance[0]) == (-5, 0)


def test_it_comes_back_from_its_file_and_nonsense_counts_as_none(tmp_path: Path) -> None:
    run = find_run("digits")
    found = landscape.stored(run)
    assert found is not None
    (tmp_path / "landscape.npz").write_bytes(b"nonsense")
    assert landscape.stored(Run(tmp_path)) is None
    assert found.epochs.tolist() == list(run.epochs)
    assert found.losses.shape == (len(found.along), len(found.across))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_landscapes_are_of_the_shipped_weights(name: str) -> None:
    run = find_run(name)
    found = landscape.stored(run)
    assert found is not None

    def flat(epoch: int) -> np.ndarray:
        parts = []
        with h5py.File(Snapshot(run, epoch).weights_path) as file:
            for row in run.config.architecture.rows():
                if row.parameters:
                    own = file[f"layers/{row.name}/vars"]
                    learned = len(own) - 2 * (row.kind == "BatchNormalization")  # the last two are its statistics
                    parts += [np.ravel(own[str(number)]) for number in range(learned)]
        return np.concatenate(parts).astype(np.float64)

    first, last = flat(run.epochs[0]), flat(run.epochs[-1])
    assert found.unit == pytest.approx(float(np.linalg.norm(first - last)), rel=1e-6)
    # The last snapshot lies in the plane: there the picture is its own loss.
    column, row = np.abs(found.across).argmin(), np.abs(found.along).argmin()
    assert found.losses[row, column] == pytest.approx(found.path_losses[-1], rel=1e-3)
    assert found.path_losses[-1] < found.path_losses[0]


def test_digits_losses_are_those_of_keras() -> None:
    from core.data import registry

    run = find_run("digits")
    found = landscape.stored(run)
    assert found is not None
    train = registry.load("digits").train
    import keras

    for epoch, loss in zip(found.epochs[::5], found.path_losses[::5], strict=True):
        model = Snapshot(run, int(epoch)).keras_model()
        logits = model(train.images[: found.images].astype(np.float32) / 255, training=False)
        own = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(train.labels[: found.images], logits)
        assert loss == pytest.approx(float(own), abs=1e-4)
