import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data.dataset import Dataset
from core.model.architecture import Architecture
from core.training import export
from core.training.recipe import Recipe
from core.training.runs import Run
from core.training.session import train_run

from .conftest import MakeRun

DIGITS = Run(SHIPPED_RUNS / "digits")


def test_csv_is_the_runs_own() -> None:
    with zipfile.ZipFile(io.BytesIO(export.as_csv(DIGITS))) as archive:
        assert archive.namelist() == ["digits/steps.csv", "digits/epochs.csv"]
        assert archive.read("digits/epochs.csv") == (DIGITS.folder / "epochs.csv").read_bytes()


def test_keras_file_evaluates_as_the_run_says(tmp_path: Path, digits: Dataset) -> None:
    (tmp_path / "network.keras").write_bytes(export.as_keras(DIGITS, 10))
    network = keras.saving.load_model(tmp_path / "network.keras")
    pixels = digits.test.images.astype(np.float32) / 255
    _, accuracy = network.evaluate(pixels, digits.test.labels, verbose=0)
    assert accuracy == pytest.approx(DIGITS.epoch_table()["val_accuracy"][10], abs=1e-4)


def test_tensorboard_logs_hold_every_epoch(tmp_path: Path) -> None:
    from tensorflow.python.summary.summary_iterator import summary_iterator

    with zipfile.ZipFile(io.BytesIO(export.as_tensorboard(DIGITS))) as archive:
        archive.extractall(tmp_path)
    (path,) = (tmp_path / "digits" / "validation").glob("events*")
    found = [value.tag for event in summary_iterator(str(path)) for value in event.summary.value]
    assert found.count("epoch_accuracy") == 11
    (path,) = (tmp_path / "digits" / "train").glob("events*")
    found = [value.tag for event in summary_iterator(str(path)) for value in event.summary.value]
    assert found.count("step_loss") == len(DIGITS.steps()["loss"])
    assert found.count("first_layer_kernels") == 11


EVERYTHING = Recipe(
    epochs=2,
    batch_size=60,
    optimizer="sgd",
    learning_rate=0.05,
    schedule="one-cycle",
    weight_decay=1e-2,
    label_smoothing=0.1,
    flip="alternating",
    shift_pixels=1,
    cutout_pixels=4,
    head_scale=0.5,
    whitening=True,
    keep_whitening=True,
    identity_start=True,
    offset_rate=4.0,
    lookahead_steps=3,
    training_images=400,
)


@pytest.mark.parametrize("recipe", [EVERYTHING, Recipe(epochs=2, batch_size=60, training_images=400, flip="random")])
def test_the_script_repeats_the_run(make_run: MakeRun, digits: Dataset, tmp_path: Path, recipe: Recipe) -> None:
    """In a process of its own, without Convscope: the same losses and accuracies, epoch by epoch."""
    run = make_run(recipe, architecture=Architecture.from_text("s-c8s2p-(c8p)-n-tg-m2-f-d10l"))
    train_run(run.folder, digits)
    script = tmp_path / "repeat.py"
    script.write_text(export.as_script(run))
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    printed = re.findall(r"loss ([\d.]+), accuracy ([\d.]+), val_accuracy ([\d.]+)", done.stdout)
    table = run.epoch_table()
    expected = np.stack([table[name][1:] for name in ("loss", "accuracy", "val_accuracy")], axis=1)
    assert np.abs(np.array(printed, float) - expected).max() < 1e-4  # four digits are printed
    assert (tmp_path / "network.keras").exists()


def test_a_hostile_title_stays_text(digits: Dataset) -> None:
    config = replace(DIGITS.config, title='"""\nimport os #\\')
    compile(export.script_of(config), "script", "exec")
    assert "\nimport os" not in export.script_of(config)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SHIPPED_RUNS.glob("*/config.json")))
def test_every_shipped_run_has_a_script(name: str) -> None:
    compile(export.as_script(Run(SHIPPED_RUNS / name)), name, "exec")
