"""What linear classifiers read off, against scikit-learn; and the shipped figures against Keras."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.linear_model import Ridge

from core.config import SHIPPED_RUNS
from core.data.sets import digits
from core.model.structure.blocks import blocks
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.studies.probes import FEATURES, STRENGTHS, averaged, fitted, main, read_off, stored, weights_digest

RANDOM = np.random.default_rng(0)
SHIPPED = sorted(path.parent.name for path in SHIPPED_RUNS.glob("*/probes.json"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A copy of the digits' run."""
    shutil.copytree(SHIPPED_RUNS / "digits", tmp_path / "digits")
    return Run(tmp_path / "digits")


def sklearns(features: np.ndarray, labels: np.ndarray, asked: np.ndarray, strength: float) -> np.ndarray:
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread[spread == 0] = 1
    targets = np.eye(labels.max() + 1)[labels]
    ridge = Ridge(alpha=strength * len(labels)).fit((features - mean) / spread, targets)
    return ridge.predict((asked - mean) / spread).argmax(axis=1)


def test_the_classifier_is_scikit_learns_ridge() -> None:
    labels = RANDOM.integers(0, 3, 400)
    features = (RANDOM.normal(0, 1, (400, 30)) + np.eye(3, 30)[labels] * 2).astype(np.float32)
    asked = RANDOM.normal(0, 1, (200, 30)).astype(np.float32)
    found = fitted(features, labels)(asked)
    right = {
        strength: (sklearns(features[80:], labels[80:], features[:80], strength) == labels[:80]).mean()
        for strength in STRENGTHS
    }
    best = max(STRENGTHS, key=right.__getitem__)
    np.testing.assert_array_equal(found, sklearns(features, labels, asked, best))


def test_maps_are_averaged_over_an_even_grid() -> None:
    maps = RANDOM.normal(0, 1, (2, 8, 8, 64)).astype(np.float32)
    expected = maps.reshape(2, 4, 2, 4, 2, 64).mean(axis=(2, 4))  # 4 x 4 places of 2 x 2 numbers
    found = averaged(maps)
    np.testing.assert_allclose(np.sort(found, axis=1), np.sort(expected.reshape(2, -1), axis=1), atol=1e-6)


@pytest.mark.parametrize("shape", [(32, 32, 3), (15, 15, 32), (31, 31, 24), (4, 4, 176), (8, 8, 512), (40, 40, 2000)])
def test_no_block_is_read_in_more_numbers_than_said(shape: tuple[int, int, int]) -> None:
    maps = np.ones((1, *shape), np.float32)
    found = averaged(maps)
    assert found.shape[1] <= max(FEATURES, shape[-1])
    np.testing.assert_allclose(found, 1, rtol=1e-5)


def test_what_is_read_off_is_kerass() -> None:
    snapshot, images = Snapshot(Run(SHIPPED_RUNS / "digits"), 10), np.asarray(digits.load().test.images[:6])
    network = snapshot.keras_model()
    found = read_off(snapshot, images)
    assert len(found) == 1 + len(blocks(snapshot.architecture))
    dense = keras.Model(network.inputs[0], network.get_layer("dense").output)(images / np.float32(255))
    np.testing.assert_allclose(found[-2], np.asarray(dense), atol=1e-5)
    np.testing.assert_allclose(found[0].mean(axis=1), images.mean(axis=(1, 2, 3)) / 255, atol=0.02)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_probes_are_of_the_shipped_weights(name: str) -> None:
    run = Run(SHIPPED_RUNS / name)
    found = stored(run)
    assert found is not None, f"measure it anew: python -m core.training.studies.probes {run.folder}"
    assert found.labels == ["pixels", *(block.label for block in blocks(run.config.architecture))]
    assert found.epochs == [run.epochs[0], run.epochs[-1]]
    evaluation = Snapshot(run, run.epochs[-1]).evaluation()
    assert evaluation is not None
    # Ten logits read by a linear classifier: nearly what the network answers, on fewer images.
    assert found.accuracies[-1][-1] == pytest.approx(evaluation.accuracy, abs=0.04)
    assert found.accuracies[0][0] == pytest.approx(found.accuracies[1][0])  # the pixels learn nothing


def test_the_command_writes_what_is_read(run: Run) -> None:
    before = stored(run)
    assert before is not None
    (run.folder / "probes.json").unlink()
    assert stored(run) is None
    main([str(run.folder)])
    again = stored(run)
    assert again is not None
    np.testing.assert_allclose(again.accuracies, before.accuracies, atol=0.012)  # four of 359 images


def test_other_weights_and_nonsense_count_as_none(run: Run) -> None:
    path = run.folder / "probes.json"
    data = json.loads(path.read_text())
    assert data["weights"] == weights_digest(run)
    for changed in (data | {"weights": "0"}, data | {"labels": data["labels"][1:]}, data | {"more": 1}, {}):
        path.write_text(json.dumps(changed))
        assert stored(run) is None
    path.write_bytes(b"{nonsense")
    assert stored(run) is None
