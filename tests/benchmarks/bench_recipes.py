"""What the recipes for a strong network cost on this processor: a step of each, timed in turn, times its steps."""

import json
import os
import subprocess
import sys
from pathlib import Path

from core.model.construction import processor
from core.training.recipes import RECIPES

from .conftest import Record

ROOT = Path(__file__).parents[2]
IMAGES = 50_000
NAMES = ("strong", "strong-short", "muon")

CODE = f"""
import json, time
import numpy as np
from core.model.construction.network import build
from core.training.steps.loop import Trainer
from core.training.recipes import RECIPES, architecture_for
random = np.random.default_rng(0)
images = random.integers(0, 256, ({IMAGES}, 32, 32, 3), np.uint8)
labels = random.integers(0, 10, len(images))
def steps(name):
    recipe = RECIPES[name]
    network = build(architecture_for(name, 10), seed=0, dtype=recipe.precision)
    return Trainer(network, recipe, images, labels, np.arange(len(images)), seed=0).run_epoch()
running = {{name: steps(name) for name in {NAMES}}}
def step_s(name):
    count = 1000 // RECIPES[name].batch_size
    began = time.process_time()
    for _ in range(count):
        next(running[name])
    return (time.process_time() - began) / count
for name in running:
    step_s(name)  # compiles
rounds = [{{name: step_s(name) for name in running}} for _ in range(5)]
print(json.dumps({{name: [each[name] for each in rounds] for name in running}}))
"""


def test_whole_recipes(record: Record) -> None:
    """Processor time of all steps of each, in the environment that the training worker gives itself."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"} | processor.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    for name, seconds in json.loads(done.stdout).items():
        recipe = RECIPES[name]
        steps = recipe.epochs * -(-IMAGES // recipe.batch_size)
        record(f"{name}, {steps:,} steps of {recipe.batch_size} images", "CPU-s", [steps * each for each in seconds])
        record(f"{name}, a step of {recipe.batch_size} images", "CPU-s", seconds)
