import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.training.routes.notes import notes
from core.training.runs.run import Run


def steps(*losses: float) -> dict[str, np.ndarray]:
    return {"step": np.arange(1, len(losses) + 1), "loss": np.array(losses, float)}


def epochs(loss: list[float], val_loss: list[float]) -> dict[str, np.ndarray]:
    return {"epoch": np.arange(len(loss)), "loss": np.array(loss), "val_loss": np.array(val_loss)}


NO_EPOCHS: dict[str, np.ndarray] = {}


def kinds(*tables: object) -> list[str]:
    return [note.kind for note in notes(*tables, classes=10)]  # type: ignore[arg-type]


def test_a_healthy_run_needs_no_note() -> None:
    falling = np.geomspace(2.3, 0.5, 300)
    table = epochs([float("nan"), 1.5, 1.2, 1.0, 0.9], [2.3, 1.4, 1.2, 1.1, 1.05])
    assert kinds(steps(*falling), table, np.ones(8, np.float32)) == []


def test_the_tutorials_run_needs_no_alarm() -> None:
    run = Run(SHIPPED_RUNS / "tutorial")
    assert not {"diverged", "rate-too-high", "not-learning"} & set(kinds(run.steps(), run.epoch_table()))


def test_divergence() -> None:
    assert kinds(steps(2.3, 50.0, float("nan")), NO_EPOCHS)[0] == "diverged"


def test_a_learning_rate_too_high() -> None:
    assert "rate-too-high" in kinds(steps(2.3, 2.3, 40.0, 90.0, 12.0), NO_EPOCHS)
    rising = [*np.linspace(2.3, 1.0, 40), *np.linspace(1.0, 2.3, 40)]
    assert "rate-too-high" in kinds(steps(*rising), NO_EPOCHS)


def test_nothing_learned() -> None:
    assert "not-learning" in kinds(steps(*[2.303] * 250), NO_EPOCHS)
    assert notes(steps(*[2.303] * 250), NO_EPOCHS, classes=4) == []
    (found,) = notes(steps(*[1.386] * 250), NO_EPOCHS, classes=4)
    assert "ln 4 = 1.39" in found.text


def test_overfitting_names_the_epoch() -> None:
    table = epochs([float("nan"), 1.5, 1.0, 0.5, 0.3, 0.1], [2.3, 1.4, 1.1, 1.2, 1.4, 1.6])
    found = notes(steps(2.3, 1.0), table, classes=10)
    assert [note.kind for note in found] == ["overfitting"]
    assert "since epoch 2" in found[0].text


def test_dead_filters_are_counted() -> None:
    peaks = np.array([1, 2, 0, 4], np.float32)
    found = notes(steps(2.3), NO_EPOCHS, peaks, classes=10)
    assert [note.kind for note in found] == ["dead-filters"]
    assert found[0].text.startswith("1 of 4 ")


@pytest.mark.parametrize("losses", [[], [2.3], [float("nan")], [float("inf")] * 300])
def test_short_and_broken_tables(losses: list[float]) -> None:
    notes(steps(*losses), NO_EPOCHS, classes=10)
    notes({}, {}, classes=10)
