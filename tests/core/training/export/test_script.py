"""The exported script is run, not read: in a process of its own, its figures are compared with the run's."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data import registry
from core.data.dataset import Dataset
from core.model.construction.processor import computes_half
from core.model.structure.architecture import Architecture
from core.training.export.script import as_script, script_of
from core.training.recipe import Recipe
from core.training.runs.files import write_json
from core.training.runs.run import Run
from core.training.runs.run_config import new_config
from core.training.runs.snapshot import Snapshot
from core.training.worker.session import train_run
from tests.core.data.sets.class_folders import write_digits
from tests.core.model.layers.examples import everything
from tests.core.training.conftest import MakeRun
from tests.scripts import printed

DIGITS = Run(SHIPPED_RUNS / "digits")
STEP = "means.add(metrics)"
PRINT_STEPS = """print("loss", metrics.loss)
            if metrics.step == {steps}:
                raise SystemExit"""
FOUND_HERE = """
import keras
from core.data import registry

def found():
    data = registry.load("cifar10")
    return (data.train.images, data.train.labels), (data.test.images, data.test.labels)

keras.datasets.cifar10.load_data = found
"""
"""Where the images lie here; the script itself would fetch the official ones."""


def both(run: Run, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Loss, accuracy and accuracy on the validation images of every epoch: as the script prints them, and the run's."""
    found = re.findall(r"loss ([\d.]+), accuracy ([\d.]+), val_accuracy ([\d.]+)", printed(as_script(run), folder))
    table = run.epoch_table()
    return np.array(found, float), np.stack([table[name][1:] for name in ("loss", "accuracy", "val_accuracy")], axis=1)


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
    brightness=0.3,
    cutout_pixels=4,
    head_scale=0.5,
    whitening=True,
    keep_whitening=True,
    identity_start=True,
    offset_rate=4.0,
    lookahead_steps=3,
    fresh_statistics=True,
    training_images=400,
)
TURNED = replace(EVERYTHING, crop_pixels=24, orthogonal_rate=0.5, orthogonal_momentum=0.5, lookahead_steps=0)
PLAIN = Recipe(epochs=2, batch_size=60, training_images=400, flip="random")


@pytest.mark.parametrize(
    ("recipe", "network"),
    [
        (EVERYTHING, Architecture.from_text("s-c8s2p-(c8p)-n-tg-m2-f-d10l")),
        (TURNED, Architecture.from_text("s-c8k2-(c8p)-n-tg-m2-c8p-n-gm-d10l")),
        (replace(TURNED, lookahead_steps=3), Architecture.from_text("s-c8s2p-(c8p)-n-tg-m2-gm-d10l")),
        (PLAIN, Architecture.from_text("s-c8s2p-(c8p)-n-tg-m2-f-d10l")),
        (PLAIN, everything()[0]),
    ],
    ids=["every setting", "orthogonal on crops", "both pulled back", "plain", "every kind of layer"],
)
def test_the_script_repeats_the_run(
    make_run: MakeRun, digits: Dataset, tmp_path: Path, recipe: Recipe, network: Architecture
) -> None:
    """In a process of its own, without Convscope: the same losses and accuracies, epoch by epoch."""
    run = make_run(recipe, architecture=network)
    train_run(run.folder, digits)
    found, expected = both(run, tmp_path)
    assert np.abs(found - expected).max() < 1e-4  # four digits are printed
    assert (tmp_path / "network.keras").exists()


def test_the_script_repeats_a_run_on_a_folder_of_pictures(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four classes: it finds the same pictures, divides them alike, and learns from them alike."""
    monkeypatch.setenv("CONVSCOPE_IMAGES", str(write_digits(tmp_path / "pictures", count=40)))
    data = registry.load("images")
    recipe = Recipe(epochs=2, batch_size=16, validation="test")
    folder = make_run(recipe, architecture=Architecture.from_text("s-c8s2p-m2-f-d10l")).folder
    config = new_config(data, Architecture.from_text("s-c8s2p-m2-f-d4l"), recipe)
    write_json(folder / "config.json", replace(config, id=folder.name).to_json())
    run = Run(folder)
    train_run(folder, data)
    found, expected = both(run, tmp_path)
    assert np.abs(found - expected).max() < 1e-4  # four digits are printed
    evaluation, logits = Snapshot(run, 2).evaluation(), Snapshot(run, 2).logits()
    assert evaluation is not None and evaluation.confusion.shape == (4, 4)
    assert logits is not None and logits.shape == (32, 4)


def test_a_hostile_title_stays_text(digits: Dataset) -> None:
    config = replace(DIGITS.config, title='"""\nimport os #\\')
    compile(script_of(config), "script", "exec")
    assert "\nimport os" not in script_of(config)


def test_the_digits_script_repeats_the_shipped_run(tmp_path: Path) -> None:
    """All of it; in the end rounding has had its effect, and both have learned the same.

    After one epoch the losses agree, yet a few of the 359 test images lie so near a boundary between two classes that
    rounding decides: four did without oneDNN's kernels.
    """
    found, expected = both(DIGITS, tmp_path)
    assert len(found) == 10
    assert (np.abs(found[0] - expected[0]) < [0.01, 0.01, 6.5 / 359]).all()
    assert np.abs(found[-1] - expected[-1]).max() < 0.03


@pytest.mark.cifar10
@pytest.mark.usefixtures("cifar10_environment")
@pytest.mark.parametrize(("name", "steps"), [("tutorial", 20), ("fast-short", 20), ("fast", 20), ("strong", 8)])
def test_a_shipped_runs_script_begins_as_the_run_did(name: str, steps: int, tmp_path: Path) -> None:
    run = Run(SHIPPED_RUNS / name)
    if run.config.recipe.half and not computes_half():
        steps = 3  # at single precision a step takes a quarter of a minute
    script = as_script(run)
    assert script.count(STEP) == 1
    begun = FOUND_HERE + script.replace(STEP, PRINT_STEPS.format(steps=steps))
    losses = re.findall(r"^loss (.+)$", printed(begun, tmp_path, with_convscope=True), re.MULTILINE)
    expected = run.steps()["loss"][:steps]
    assert len(losses) == steps
    np.testing.assert_allclose(np.array(losses, float), expected, rtol=0.02)


def test_every_shipped_run_is_among_those_tried() -> None:
    assert {path.parent.name for path in SHIPPED_RUNS.glob("*/config.json")} == {
        "digits", "tutorial", "fast-short", "fast", "strong",
    }  # fmt: skip
