from dataclasses import replace
from pathlib import Path

import pytest

from core.config import SHIPPED_RUNS
from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.runs.run import Run
from core.training.worker import measurements

NETWORK = Architecture.tutorial()
RECIPE = Recipe(epochs=10, batch_size=500)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))


def test_before_anything_was_measured_there_is_a_guess() -> None:
    guess = measurements.estimate(NETWORK, RECIPE, 50_000, 10_000)
    assert not guess.measured
    assert 10 < guess.seconds < 10_000


def test_a_measurement_is_kept_and_used() -> None:
    measurements.keep(measurements.key(NETWORK, RECIPE), 1000.0)
    found = measurements.estimate(NETWORK, RECIPE, 50_000, 10_000)
    assert found.measured
    assert found.seconds == pytest.approx(10 * (50 + 10 / measurements.VALIDATION_SPEEDUP))
    assert measurements.measured(NETWORK, Recipe(batch_size=64)) is None


def test_cropped_images_count_by_their_part_of_the_pixels() -> None:
    measurements.keep(measurements.key(NETWORK, RECIPE), 1000.0)
    cropped = replace(RECIPE, crop_pixels=16)
    found = measurements.estimate(NETWORK, cropped, 50_000, 10_000)
    assert found.images_per_s == pytest.approx(4000.0)
    assert found.seconds == pytest.approx(10 * (50 / 4 + 10 / measurements.VALIDATION_SPEEDUP))
    config = replace(Run(SHIPPED_RUNS / "tutorial").config, recipe=cropped)
    measurements.keep_epoch(config, 2, 50_000, 10.0)
    assert measurements.measured(NETWORK, RECIPE) == pytest.approx(1250.0)
    assert measurements.estimate(NETWORK, cropped, 50_000, 0).images_per_s == pytest.approx(5000.0)


def test_batches_of_one_image_are_forecast_to_take_hours() -> None:
    """A million and a half steps held the worker for days, where the images alone were forecast to take minutes."""
    measurements.keep(measurements.key(NETWORK, RECIPE), 5000.0)
    usual = measurements.estimate(NETWORK, replace(RECIPE, epochs=30), 50_000, 10_000)
    single = measurements.estimate(NETWORK, replace(RECIPE, epochs=30, batch_size=1), 50_000, 10_000)
    assert usual.seconds < 600
    assert single.seconds > 3600


def test_other_networks_are_scaled_by_their_work() -> None:
    measurements.keep(measurements.key(NETWORK, RECIPE), 1000.0)
    lean = measurements.estimate(NETWORK, Recipe(batch_size=64), 50_000, 0)
    heavy = measurements.estimate(Architecture.strong(), RECIPE, 50_000, 0)
    assert not heavy.measured
    assert lean.images_per_s == pytest.approx(1000.0, rel=0.05)  # its steps have fewer images to share their cost
    assert 10 < lean.images_per_s / heavy.images_per_s < 30
