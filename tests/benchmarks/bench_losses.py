"""Fifty steps of the tutorial's recipe beside `model.fit`: how far apart, and how far two of `model.fit` are.

Those of `model.fit` differ in their number of threads only. Rounding is all that differs, and training magnifies it:
one thread and two divide hardly any sum otherwise and stay close, four and eight divide many.
"""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from .conftest import Record

ROOT = Path(__file__).parents[2]
STEPS = 50
THREADS = ("1", "2", "4", "8")

SAME = """
import json
from dataclasses import replace
import keras
import numpy as np
from core.data import registry
from core.model.construction.network import build
from core.training.data import divide
from core.training.steps.loop import Trainer
from core.training.recipes import RECIPES, architecture_for
recipe = replace(RECIPES["tutorial"], epochs=1000)
digits = registry.load("digits")
data = divide(digits, recipe, 0)
network = build(architecture_for("tutorial", 10), seed=0)
trainer = Trainer(network, recipe, data.images, data.labels, data.train, seed=0)
losses = []
"""

OURS = """
while len(losses) < 50:
    losses += [step.loss for step in trainer.run_epoch()]
print(json.dumps(losses[:50]))
"""

FIT = """
plain = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(64, 3, activation="relu"), keras.layers.Flatten(),
    keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10),
])
plain.set_weights(network.get_weights())
plain.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
for step in range(50):
    pixels, labels = trainer.batch(step)
    pixels = pixels.astype(np.float32) / 255
    losses += plain.fit(pixels, labels, batch_size=len(labels), shuffle=False, verbose=0).history["loss"]
print(json.dumps(losses))
"""


def losses(code: str, **environment: str) -> NDArray[np.float64]:
    """Return the losses of 50 batches of 500 digits or of the 437 left over, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SAME + code],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = np.array(json.loads(done.stdout.splitlines()[-1]))
    assert len(found) == STEPS
    return found


@pytest.mark.parametrize("kernels", [{}, {"TF_ENABLE_ONEDNN_OPTS": "0"}], ids=["TensorFlow's choice", "without oneDNN"])
def test_losses_of_fifty_steps(record: Record, kernels: dict[str, str], request: pytest.FixtureRequest) -> None:
    """Mean distance of the losses (nats) of same batches from same weights; a fault would be off by far more."""
    fits = [losses(FIT, TF_NUM_INTRAOP_THREADS=threads, **kernels) for threads in THREADS]
    ours = losses(OURS, TF_NUM_INTRAOP_THREADS="2", **kernels)
    between_fits = [np.abs(one - other).mean() for one, other in itertools.combinations(fits, 2)]
    to_fits = [np.abs(ours - fit).mean() for fit in fits]
    name = f"losses of 50 steps, {request.node.callspec.id}"
    record(f"{name}, two of model.fit with {', '.join(THREADS)} threads", "nats apart", between_fits)
    record(f"{name}, Convscope and one of model.fit", "nats apart", to_fits)
    record(f"{name}, the furthest by the furthest (goal: 1)", "times", [max(to_fits) / max(between_fits)])
    assert ours[-1] < 0.5 * ours[0]
    assert np.allclose(ours[0], fits[1][0], rtol=1e-6)
    assert max(to_fits) < 0.02 * ours.mean()
