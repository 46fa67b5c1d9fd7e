"""A run's folder while it is written."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from core.data.dataset import Dataset
from core.model.construction.network import build
from core.model.structure.architecture import Architecture
from core.training.runs.files import write_json
from core.training.runs.mail import State, Status
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from core.training.runs.snapshot import Snapshot
from core.training.steps.loop import StepMetrics
from core.training.worker.recorder import Recorder, first_layer
from tests.core.training.conftest import SMALL


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    folder = tmp_path / "recorded"
    folder.mkdir()
    recorder = Recorder(folder)
    yield recorder
    recorder.close()


STEP = StepMetrics(step=1, epoch=1, loss=2.5, accuracy=0.25, learning_rate=1e-3, images=4)


def test_tables_grow_and_are_cut_back_to_what_a_resumed_network_has_behind_it(tmp_path: Path) -> None:
    first = Recorder(tmp_path)
    for step in range(1, 6):
        first.step(replace(STEP, step=step), elapsed_s=step / 2)
    first.epoch(epoch=0, val_loss=2.3)
    first.epoch(epoch=1, val_loss=2.0)
    first.close()
    assert Run(tmp_path).steps()["elapsed_s"].tolist() == [0.5, 1.0, 1.5, 2.0, 2.5]
    Recorder(tmp_path, steps_done=3, epochs_done=0).close()
    assert Run(tmp_path).steps()["step"].tolist() == [1, 2, 3]
    assert Run(tmp_path).epoch_table()["epoch"].tolist() == [0]


def test_a_snapshot_holds_weights_answers_and_what_they_are_worth(
    recorder: Recorder, digits: Dataset, quick_config: RunConfig
) -> None:
    write_json(recorder.folder / "config.json", quick_config.to_json())
    network = build(SMALL, seed=0)
    images, labels = digits.test.images[:50], digits.test.labels[:50]
    logits = np.asarray(network(images / np.float32(255)))
    recorder.snapshot(network, 3, logits, labels, "print")
    run = Run(recorder.folder)
    kept, evaluation = Snapshot(run, 3).logits(), Snapshot(run, 3).evaluation()
    assert run.epochs == (3,) and kept is not None and evaluation is not None
    assert (kept.argmax(axis=1) == logits.argmax(axis=1)).all()
    assert (evaluation.n, evaluation.fingerprint) == (50, "print")
    other = build(SMALL, seed=1)
    other.load_weights(Snapshot(run, 3).weights_path)
    assert all(np.array_equal(a, b) for a, b in zip(other.get_weights(), network.get_weights(), strict=True))


def test_live_data_are_the_networks_own(recorder: Recorder, digits: Dataset) -> None:
    network, pinned = build(SMALL, seed=0), np.asarray(digits.test.images[:4])
    logits = np.asarray(network(pinned / np.float32(255)))
    recorder.live(network, logits, pinned, STEP)
    live = Run(recorder.folder).live()
    assert np.array_equal(live["kernels"], network.layers[1].kernel)
    maps = np.asarray(network.layers[1](pinned / np.float32(255)))
    assert np.allclose(live["peaks"], maps.max(axis=(0, 1, 2)), atol=1e-6)
    assert np.allclose(live["probabilities"].sum(axis=1), 1, atol=1e-6)


def test_a_network_without_a_convolution_has_no_first_kernels(digits: Dataset) -> None:
    network = build(Architecture.from_text("u-f-d10l"), seed=0)
    kernels, peaks = first_layer(network, digits.test.images[:2] / np.float32(255))
    assert kernels.size == peaks.size == 0


def test_a_status_tells_when_it_was_written(recorder: Recorder) -> None:
    before = time.time()
    recorder.status(Status(state=State.RUNNING, step=2))
    found = Status.read(recorder.folder)
    assert found is not None and (found.state, found.step) == (State.RUNNING, 2)
    assert before <= found.updated <= time.time()


def test_the_saved_state_goes_on_with_its_optimizer(recorder: Recorder) -> None:
    network = build(SMALL, seed=0)
    network.compile(keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.train_on_batch(np.ones((2, 32, 32, 3), np.float32), np.array([1, 2]))
    recorder.resume_point(network)
    again = keras.saving.load_model(recorder.folder / "resume.keras")
    assert int(again.optimizer.iterations) == 1
    assert all(np.array_equal(a, b) for a, b in zip(again.get_weights(), network.get_weights(), strict=True))
