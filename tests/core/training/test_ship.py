import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data import registry
from core.data.dataset import Dataset
from core.model.quality.evaluation import logits_of
from core.training import ship
from core.training.recipes import RECIPES
from core.training.runs.run import Run, snapshot_path
from core.training.runs.snapshot import Snapshot

from .conftest import SMALL, assert_answers


def test_a_shipped_run_is_made_by_one_command(tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half precision while training, full precision in what is kept."""
    short = replace(RECIPES["digits"], epochs=1, training_images=200, precision="mixed_bfloat16")
    monkeypatch.setitem(RECIPES, "digits", short)
    monkeypatch.setattr(ship, "architecture_for", lambda name, classes: SMALL)
    ship.main(["digits", "--seed", "3", "--into", str(tmp_path)])
    run = Run(tmp_path / "digits")
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.json", "epochs.csv", "snapshots", "steps.csv"]
    assert run.config.command == "python -m core.training.ship digits --seed 3"
    assert run.config.seed == 3
    for epoch in (0, 1):
        logits, evaluation = Snapshot(run, epoch).logits(), Snapshot(run, epoch).evaluation()
        assert logits is not None
        assert evaluation is not None
        fresh = logits_of(Snapshot(run, epoch).network(), digits.test.images)
        assert_answers(logits, fresh)
        assert evaluation.fingerprint == digits.fingerprint
        assert run.epoch_table()["val_accuracy"][epoch] == pytest.approx(evaluation.accuracy, abs=1e-6)  # six digits


def test_weights_at_half_precision_are_read_as_keras_wrote_them(tmp_path: Path) -> None:
    """Half as large; by Keras and by us read as the same numbers, rounded once; the first ones are left as they are."""
    shutil.copytree(SHIPPED_RUNS / "digits", tmp_path / "digits")
    run = Run(tmp_path / "digits")
    whole, half = (Snapshot(Run(folder / "digits"), 10) for folder in (SHIPPED_RUNS, tmp_path))
    ship.halve(snapshot_path(run.folder, 10, "weights.h5"))
    assert half.weights_path.stat().st_size < 0.56 * whole.weights_path.stat().st_size
    rounded = [values.astype(np.float16) for values in whole.keras_model().get_weights()]
    for expected, by_keras in zip(rounded, half.keras_model().get_weights(), strict=True):
        assert by_keras.dtype == np.float32
        assert np.array_equal(by_keras, expected)
    images = registry.load("digits").test.images
    ours = logits_of(half.network(), images)
    assert np.allclose(ours, half.keras_model()(images.astype(np.float32) / 255), atol=1e-3)
    assert np.abs(ours - logits_of(whole.network(), images)).max() < 0.05


def test_weights_too_large_for_half_precision_are_refused_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "large.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.array([1e5], np.float32)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="65,520"):
        ship.halve(path)
    assert path.read_bytes() == before


def test_stored_answers_are_corrected_where_they_differ(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the epoch with a wrong answer is written anew."""
    monkeypatch.setitem(RECIPES, "digits", replace(RECIPES["digits"], epochs=1, training_images=200))
    monkeypatch.setattr(ship, "architecture_for", lambda name, classes: SMALL)
    command = ["digits", "--into", str(tmp_path)]
    ship.main(command)
    run = Run(tmp_path / "digits")
    right = Snapshot(run, 1).logits()
    assert right is not None
    wrong = right.copy()
    wrong[5] = np.roll(wrong[5], 1)
    first, second = (snapshot_path(run.folder, epoch, "logits.npy") for epoch in (0, 1))
    np.save(second, wrong)
    untouched = first.stat().st_mtime_ns
    ship.main([*command, "--answers"])
    assert "epoch 0: 0 answers differ\nepoch 1: 1 answers differ" in capsys.readouterr().out
    assert np.array_equal(np.load(second), right)
    assert first.stat().st_mtime_ns == untouched


@pytest.mark.cifar10
@pytest.mark.usefixtures("cifar10_environment")
@pytest.mark.parametrize("name", ["tutorial", "fast", "fast-short", "strong"])
def test_a_shipped_run_stores_the_answers_of_its_network(name: str) -> None:
    """Of all 10,000 images, but for those whose two best logits another processor may order otherwise."""
    run, test = Run(SHIPPED_RUNS / name), registry.load("cifar10").test
    stored = Snapshot(run, run.epochs[-1]).logits()
    assert stored is not None
    logits = logits_of(Snapshot(run, run.epochs[-1]).network(), test.images)
    second, first = np.sort(logits, axis=1)[:, -2:].T
    clear = first - second > 1e-4
    assert clear.sum() > 9_950
    assert np.array_equal(stored.argmax(axis=1)[clear], logits.argmax(axis=1)[clear])
