import io
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from core.config import SHIPPED_RUNS
from core.training.export.tensorboard import as_tensorboard
from core.training.runs import tables
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot

DIGITS = Run(SHIPPED_RUNS / "digits")


def test_tensorboard_logs_hold_every_epoch(tmp_path: Path) -> None:
    from tensorflow.python.summary.summary_iterator import summary_iterator

    with zipfile.ZipFile(io.BytesIO(as_tensorboard(DIGITS))) as archive:
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

    with zipfile.ZipFile(io.BytesIO(as_tensorboard(DIGITS))) as archive:
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
    as_tensorboard(DIGITS)  # what is loaded once is another matter too
    began = time.thread_time()
    content = as_tensorboard(run)
    took = time.thread_time() - began
    assert len(content) < 2_000_000
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    (path,) = (tmp_path / "long" / "train").glob("events*")
    began = time.thread_time()
    read = [(event.step, value.tag) for event in summary_iterator(str(path)) for value in event.summary.value]
    assert took < 20 * (time.thread_time() - began)  # 3 times; with one summary each it was 300 times
    seen = [step for step, tag in read if tag == "step_loss"]
    assert 5_000 < len(seen) <= tables.MAX_ROWS
    assert (seen[0], seen[-1]) == (0, 199_999)
