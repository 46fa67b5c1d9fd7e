import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data import registry
from core.model.quality.evaluation import evaluate
from core.training.data import divide
from core.training.export.keras_file import as_keras, keras_name
from core.training.export.validation import validation_code
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot


def measured(snapshot: Snapshot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the code beside the downloaded network; return its names."""
    monkeypatch.chdir(folder)
    (folder / keras_name(snapshot.run, snapshot.epoch)).write_bytes(as_keras(snapshot.run, snapshot.epoch))
    names: dict[str, Any] = {"__name__": "code"}
    exec(compile(validation_code(snapshot), "code", "exec"), names)
    return names


@pytest.mark.parametrize("epoch", [0, 10])
def test_the_code_measures_a_point_of_the_curves(epoch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = Snapshot(Run(SHIPPED_RUNS / "digits"), epoch)
    names = measured(snapshot, tmp_path, monkeypatch)
    table = snapshot.run.epoch_table()
    (row,) = np.flatnonzero(table["epoch"] == epoch)
    assert names["accuracy"] == pytest.approx(table["val_accuracy"][row], abs=1e-6)
    assert names["loss"] == pytest.approx(table["val_loss"][row], rel=1e-3)  # float32, and rounded where it is kept
    assert f"accuracy {table['val_accuracy'][row]:.4f}" in validation_code(snapshot)


def test_images_held_out_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "digits"
    shutil.copytree(SHIPPED_RUNS / "digits", folder)
    for evaluation in folder.glob("snapshots/*.evaluation.json"):
        evaluation.unlink()  # they were made on the test images
    config = json.loads((folder / "config.json").read_text())
    config["recipe"] |= {"validation": "held-out", "held_out": 0.2}
    (folder / "config.json").write_text(json.dumps(config))
    snapshot = Snapshot(Run(folder), 10)
    found = measured(snapshot, tmp_path, monkeypatch)
    data = divide(registry.load("digits"), snapshot.run.config.recipe, snapshot.run.config.seed)
    np.testing.assert_array_equal(found["validation_images"], data.validation_images)
    expected = evaluate(snapshot.network().logits(data.validation_images), data.validation_labels)
    assert found["accuracy"] == pytest.approx(expected.accuracy, abs=1e-6)
    assert found["loss"] == pytest.approx(expected.loss, rel=1e-4)
