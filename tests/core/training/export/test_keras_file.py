from pathlib import Path

import keras
import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data.dataset import Dataset
from core.training.export.keras_file import as_keras
from core.training.runs.run import Run

DIGITS = Run(SHIPPED_RUNS / "digits")


def test_keras_file_evaluates_as_the_run_says(tmp_path: Path, digits: Dataset) -> None:
    (tmp_path / "network.keras").write_bytes(as_keras(DIGITS, 10))
    network = keras.saving.load_model(tmp_path / "network.keras")
    pixels = digits.test.images.astype(np.float32) / 255
    _, accuracy = network.evaluate(pixels, digits.test.labels, verbose=0)
    assert accuracy == pytest.approx(DIGITS.epoch_table()["val_accuracy"][10], abs=1e-6)  # six digits
