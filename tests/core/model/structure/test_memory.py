"""What networks fill, counted; and measured, where a legal network of few parameters once filled 19.9 GB."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import TooLargeError
from core.model.structure.architecture import Architecture
from core.model.structure.memory import (
    BATCH_BYTES,
    MOST_AT_A_TIME,
    answering_bytes,
    check_training,
    images_at_a_time,
    training_bytes,
)
from core.model.structure.trace import MAX_ACTIVATION_BYTES

ROOT = Path(__file__).parents[4]
HEAVY = Architecture.from_text("u-c512k1-" + "n-" * 25 + "ga-d10l")
"""58,378 parameters, 54 MB of outputs for one image."""

BROAD = Architecture.from_text("s-c512k1-n-r-c64k3-n-r-ga-d10l")
"""Just within the bound."""


def test_outputs_are_counted_by_hand() -> None:
    """Four bytes each of 30 x 30 x 32, 15 x 15 x 32, 13 x 13 x 32, 6 x 6 x 32, 4 x 4 x 64, 1024, 64 and 10 numbers."""
    numbers = [28_800, 7_200, 5_408, 1_152, 1_024, 1_024, 64, 10]
    tutorial = Architecture.tutorial()
    assert tutorial.activation_bytes == 4 * sum(numbers)
    assert answering_bytes(tutorial) == 2 * 4 * (3_072 + 28_800 + 7_200)
    assert training_bytes(tutorial, 10) == round(10 * (1.1 * 4 * (3_072 + sum(numbers)) + 3 * 4 * 28_800)) + 16 * 94_890


def test_half_precision_halves_the_outputs_not_the_weights() -> None:
    strong = Architecture.strong()
    whole, half, fixed = (training_bytes(strong, n, half=half) for n, half in ((100, False), (100, True), (0, False)))
    assert half - fixed == pytest.approx((whole - fixed) / 2, abs=1)


def test_what_is_too_large_is_refused_at_its_layer_and_can_still_be_looked_at() -> None:
    assert HEAVY.parameter_count == 58_378
    with pytest.raises(TooLargeError, match=r"at most 16 MB of memory. Received 54.5 MB. Use fewer filters") as caught:
        HEAVY.check()
    filled = [row.memory_bytes for row in HEAVY.rows()]
    assert caught.value.layer == 7
    assert sum(filled[:7]) <= MAX_ACTIVATION_BYTES < sum(filled[:8])
    assert HEAVY.trace().error is not None
    assert len(HEAVY.trace().rows) == 28


@pytest.mark.parametrize("architecture", [Architecture.tutorial(), Architecture.strong(), HEAVY, BROAD])
def test_no_batch_fills_more_than_its_bound(architecture: Architecture) -> None:
    images = images_at_a_time(architecture)
    assert 1 <= images <= MOST_AT_A_TIME
    assert images * answering_bytes(architecture) <= BATCH_BYTES


def test_batches_too_large_to_train_are_told_the_largest_that_fits() -> None:
    check_training(Architecture.tutorial(), 2000, 2_000_000_000)
    with pytest.raises(TooLargeError, match=r"Received 2,000 images that need about .* Use") as caught:
        check_training(Architecture.strong(), 2000, 2_000_000_000)
    most = int(str(caught.value).partition("at most ")[2].partition("Use at most ")[2].split()[0].replace(",", ""))
    check_training(Architecture.strong(), most, 2_000_000_000)
    with pytest.raises(TooLargeError):
        check_training(Architecture.strong(), most + 1, 2_000_000_000)
    with pytest.raises(TooLargeError, match="for one image"):
        check_training(HEAVY, 1, 2_000_000_000)


def grown_megabytes(what: str) -> float:
    """Run `what` in a process of its own; return by how much its peak of resident memory grew meanwhile."""
    script = f"""
import resource, sys
import numpy as np
from core.model.structure.architecture import Architecture
from core.model.quality.evaluation import logits_of
from core.model.inference.networks import Network
from core.model.structure.memory import training_bytes
from core.model.construction.network import build
from core.training.steps.loop import Trainer
from core.training.recipe import Recipe

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

def network(text):
    architecture = Architecture.from_text(text)
    return Network.of(build(architecture, seed=0), architecture)

images = np.zeros((500, 32, 32, 3), np.uint8)
network("u-c8-f-d10l").logits(images[:1])
before = peak()
{what}
print(peak() - before)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return float(done.stdout.split()[-1])


def test_a_network_that_filled_the_memory_answers_five_hundred_images_in_little() -> None:
    assert grown_megabytes(f"logits_of(network({HEAVY.to_text()!r}), images)") < 2 * BATCH_BYTES / 1e6


def test_training_fills_no_more_than_was_counted() -> None:
    step = f"""
architecture = Architecture.from_text({BROAD.to_text()!r})
trainer = Trainer(build(architecture, seed=0), Recipe(batch_size=16, epochs=1), images, np.zeros(500, np.int64),
                  np.arange(48), seed=0)
for metrics in trainer.run_epoch():
    pass
"""
    assert grown_megabytes(step) < training_bytes(BROAD, 16) / 1e6 + 100  # the graph itself takes some tens
