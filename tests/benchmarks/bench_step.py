"""What a training step of the tutorial's network costs beside plain `model.fit`, both timed in turn.

Each runs in a process of its own, `model.fit` as a plain script that knows nothing of Convscope, ours in the
environment and with the settings of the training worker; as this processor is, as one that has AVX2 only would be, and
with the same kernels for both.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.model.construction import processor

from .conftest import Record

ROOT = Path(__file__).parents[2]
BATCH, STEPS, ROUNDS = 500, 10, 9

IMAGES = f"""
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
random = np.random.default_rng(0)
images = random.integers(0, 256, ({BATCH * STEPS}, 32, 32, 3), np.uint8)
labels = random.integers(0, 10, len(images))
"""

FIT = """
import keras
from keras import layers
keras.utils.set_random_seed(0)
network = keras.Sequential([
    keras.Input((32, 32, 3)),
    layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, activation="relu"), layers.Flatten(),
    layers.Dense(64, activation="relu"), layers.Dense(10),
])
network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
pixels = images.astype(np.float32) / 255
def epoch():
    network.fit(pixels, labels, batch_size=500, epochs=1, verbose=0)
"""

OURS = """
from dataclasses import replace
from core.training.worker import jobs
jobs.load()
from core.model.construction.network import build
from core.training.steps.loop import Trainer
from core.training.recipes import RECIPES, architecture_for
recipe = replace(RECIPES["tutorial"], epochs=1000)
network = build(architecture_for("tutorial", 10), seed=0)
trainer = Trainer(network, recipe, images, labels, np.arange(len(images)), seed=0)
def epoch():
    for _ in trainer.run_epoch():
        pass
"""

SERVE = """
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    began = time.process_time()
    epoch()
    print(time.process_time() - began, file=answers, flush=True)
"""


class Timed:
    """A process that trains an epoch when asked, and says what processor time it took."""

    def __init__(self, code: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", IMAGES + code + SERVE],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ms_a_step(self) -> float:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(file=self._process.stdin, flush=True)
        return 1000 * float(self._process.stdout.readline()) / STEPS

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2"}
WORKER = processor.environment()
ON, OFF = {processor.ONEDNN: "1"}, {processor.ONEDNN: "0"}
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "as the processor is": ({}, WORKER),
    # There TensorFlow leaves oneDNN off by itself, and the worker takes it.
    "as with AVX2 only": (OFF, WORKER | ON | AVX2),
    "both with oneDNN": (ON, WORKER | ON),
    "both with oneDNN, AVX2 only": (ON | AVX2, WORKER | ON | AVX2),
    "both without oneDNN": (OFF, WORKER | OFF),
}
"""What is added to the environment of `model.fit` and of ours."""


@pytest.mark.parametrize("case", CASES)
def test_step_beside_model_fit(record: Record, case: str) -> None:
    """Processor time of a step at batch 500."""
    environments = CASES[case]
    fit, ours = Timed(FIT, **environments[0]), Timed(OURS, **environments[1])
    try:
        fit.ms_a_step(), ours.ms_a_step()  # the first epoch compiles
        pairs = np.array([(fit.ms_a_step(), ours.ms_a_step()) for _ in range(ROUNDS)])
    finally:
        fit.close(), ours.close()
    name = "tutorial's step at batch 500"
    record(f"{name}, model.fit, {case}", "CPU-ms", list(pairs[:, 0]))
    record(f"{name}, Convscope, {case}", "CPU-ms", list(pairs[:, 1]))
    ratio = statistics.median(pairs[:, 0]) / statistics.median(pairs[:, 1])
    record(f"{name}, model.fit / Convscope, {case} (goal: 1.5)", "times", [ratio])
