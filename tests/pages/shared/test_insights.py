from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pages.shared.live.insights import of_progress


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
