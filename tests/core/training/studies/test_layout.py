import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from core.config import SHIPPED_RUNS
from core.data.sets import digits
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.studies.layout import NEIGHBORS, WAYS, by_variance, last_features, main, purity, stored, within

RANDOM = np.random.default_rng(0)
FEATURES = (RANDOM.normal(0, 1, (200, 8)) * np.arange(1, 9)).astype(np.float32)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A copy of the digits' run."""
    shutil.copytree(SHIPPED_RUNS / "digits", tmp_path / "digits")
    return Run(tmp_path / "digits")


def test_components_are_scikit_learns_but_for_their_sign() -> None:
    np.testing.assert_allclose(np.abs(by_variance(FEATURES)), np.abs(PCA(2).fit_transform(FEATURES)), atol=1e-3)


def test_the_features_are_what_the_last_layer_is_given() -> None:
    """The last layer's own kernel and bias make the logits of them."""
    snapshot, images = Snapshot(Run(SHIPPED_RUNS / "digits"), 10), np.asarray(digits.load().test.images[:7])
    network = snapshot.keras_model()
    kernel, bias = (np.asarray(each) for each in network.layers[-1].get_weights())
    logits = np.asarray(network(keras.ops.convert_to_tensor(images / np.float32(255))))
    np.testing.assert_allclose(last_features(snapshot, images) @ kernel + bias, logits, rtol=1e-4, atol=1e-4)


def test_they_fill_the_square_and_keep_their_shape() -> None:
    places = within(np.array([[0.0, 0.0], [4.0, 1.0], [2.0, 2.0]]))
    np.testing.assert_array_equal(places, np.array([[-1, -0.5], [1, 0], [0, 0.5]], np.float16))


def test_purity_against_scikit_learn() -> None:
    labels = (FEATURES[:, -1] > 0).astype(int)
    near = KNeighborsClassifier(NEIGHBORS).fit(FEATURES[:, -2:], labels).kneighbors(return_distance=False)
    assert purity(FEATURES[:, -2:], labels) == pytest.approx((labels[near] == labels[:, None]).mean())


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SHIPPED_RUNS.glob("*/layout.npz")))
def test_a_shipped_layout_holds_every_image_validated_on(name: str) -> None:
    run = Run(SHIPPED_RUNS / name)
    found, evaluation = stored(run), Snapshot(run, run.epochs[-1]).evaluation()
    assert evaluation is not None
    assert list(found) == list(WAYS)
    for places in found.values():
        assert places.shape == (evaluation.n, 2)
        assert np.abs(places).max() == 1


def test_the_command_writes_what_is_read(run: Run) -> None:
    (run.folder / "layout.npz").unlink(missing_ok=True)
    assert stored(run) == {}
    main([str(run.folder)])
    assert stored(run)["t-SNE"].shape == (359, 2)


def test_damage_costs_the_layout_alone(run: Run) -> None:
    (run.folder / "layout.npz").write_bytes(b"PK\x03\x04 and then nothing")
    assert stored(run) == {}
