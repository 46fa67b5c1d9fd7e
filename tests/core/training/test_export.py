import io
import re
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.config import SHIPPED_RUNS
from core.data.dataset import Dataset
from core.model.architecture import Architecture
from core.training import export, tables
from core.training.recipe import Recipe
from core.training.runs import Run
from core.training.session import train_run
from core.training.snapshot import Snapshot

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
    assert accuracy == pytest.approx(DIGITS.epoch_table()["val_accuracy"][10], abs=1e-6)  # six digits


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


def test_tensorboard_logs_hold_the_runs_numbers(tmp_path: Path) -> None:
    """As TensorFlow itself reads them: steps, values, and the plugin that shows a tag."""
    from tensorflow.python.summary.summary_iterator import summary_iterator

    with zipfile.ZipFile(io.BytesIO(export.as_tensorboard(DIGITS))) as archive:
        archive.extractall(tmp_path)
    (path,) = (tmp_path / "digits" / "train").glob("events*")
    read = [(event.step, value) for event in summary_iterator(str(path)) for value in event.summary.value]
    losses = {step: float(tf.make_ndarray(value.tensor)) for step, value in read if value.tag == "step_loss"}
    steps = DIGITS.steps()
    assert losses == {int(step): np.float32(loss) for step, loss in zip(steps["step"], steps["loss"], strict=True)}
    plugins = {value.tag: value.metadata.plugin_data.plugin_name for _, value in reversed(read)}
    assert plugins["step_loss"] == plugins["epoch_accuracy"] == "scalars"
    (kernels, *_) = [tf.make_ndarray(value.tensor) for _, value in read if value.tag == "first_layer_kernels"]
    assert plugins["first_layer_kernels"] == "histograms"
    assert kernels.shape == (30, 3)
    assert kernels[:, 2].sum() == Snapshot(DIGITS, 0).first_layer_kernels().size


def test_tensorboard_logs_of_a_long_run_are_thinned_and_soon_written(tmp_path: Path) -> None:
    """36,000 values took 13 s, one summary each: half a minute of everybody's processor for a run of many steps."""
    from tensorflow.python.summary.summary_iterator import summary_iterator

    run = Run(shutil.copytree(DIGITS.folder, tmp_path / "long"))
    rows = [f"{step},{step / 300},{1 / (step + 1):.6f},0.5,0.001,{step}" for step in range(200_000)]
    header = (DIGITS.folder / "steps.csv").read_text().splitlines()[0]
    (run.folder / "steps.csv").write_text("\n".join([header, *rows]) + "\n")
    run.steps()  # reading is another matter
    began = time.process_time()
    content = export.as_tensorboard(run)
    assert time.process_time() - began < 10  # a second on a quiet machine
    assert len(content) < 2_000_000
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    (path,) = (tmp_path / "long" / "train").glob("events*")
    read = [(event.step, value.tag) for event in summary_iterator(str(path)) for value in event.summary.value]
    seen = [step for step, tag in read if tag == "step_loss"]
    assert 5_000 < len(seen) <= tables.MAX_ROWS
    assert (seen[0], seen[-1]) == (0, 199_999)


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
