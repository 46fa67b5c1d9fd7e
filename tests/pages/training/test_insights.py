from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.training.runs.catalogue import find_run
from pages.training.insights import of_curves, of_progress


def run_with(*accuracies: float) -> Any:
    table = {"epoch": np.arange(len(accuracies), dtype=float), "val_accuracy": np.array(accuracies)}
    return SimpleNamespace(epoch_table=lambda: table)


def test_share_of_the_first_third() -> None:
    sentence = of_progress(run_with(0.1, 0.4, 0.5, 0.55, 0.58, 0.6, 0.6))
    assert "80 % came in the first 2 of 6 epochs" in sentence


@pytest.mark.parametrize(
    "accuracies", [(0.1, 0.5, 0.7, 0.6, 0.6, 0.6, 0.6), (0.3, 0.2, 0.1, 0.2, 0.4, 0.5, 0.6), (0.1,)]
)
def test_no_share_where_it_would_mean_nothing(accuracies: tuple[float, ...]) -> None:
    assert "watch which of them settle first" in of_progress(run_with(*accuracies))


@pytest.mark.parametrize("name", ["tutorial", "strong"])
def test_what_a_step_does_and_what_validation_is_for(name: str) -> None:
    """A weight without a slope stays as it is."""
    sentence = of_curves(find_run(name))
    assert "against the slope of the loss on one batch" in sentence
    assert "validation" in sentence
    assert ("harder on purpose" in sentence) == (name == "strong")


def test_no_share_where_most_of_the_gain_came_late() -> None:
    """A fifth of the gain in the first third: "the rest came more slowly" would be false."""
    assert "watch which of them settle first" in of_progress(run_with(0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6))
