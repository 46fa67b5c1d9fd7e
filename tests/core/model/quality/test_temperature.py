import numpy as np
import pytest
from sklearn.metrics import log_loss

from core.model.quality.evaluation import softmax
from core.model.quality.temperature import HIGHEST, LOWEST, fitted, halves, loss

RANDOM = np.random.default_rng(0)
SCORES = RANDOM.normal(0, 1.5, (4000, 10))
LABELS = np.array([RANDOM.choice(10, p=row) for row in softmax(SCORES)])
"""Labels drawn from these very probabilities: whoever claims them is as sure as one should be."""


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_it_takes_back_what_made_the_logits_too_large(factor: float) -> None:
    """Fitted to 4,000 answers, the temperature has a standard error of about 0.02."""
    assert fitted(SCORES * factor, LABELS) == pytest.approx(factor, rel=0.08)


def test_no_other_temperature_has_a_smaller_loss() -> None:
    best = fitted(SCORES * 2, LABELS)
    others = np.geomspace(LOWEST, HIGHEST, 400)
    assert loss(SCORES * 2, LABELS, best) <= min(loss(SCORES * 2, LABELS, other) for other in others) + 1e-9


def test_loss_against_scikit_learn() -> None:
    expected = log_loss(LABELS, softmax(SCORES / 1.7), labels=range(10))
    assert loss(SCORES, LABELS, 1.7) == pytest.approx(expected)


def test_the_halves_are_always_the_same_and_share_nothing() -> None:
    fit, report = halves(10_001)
    assert len(fit) == 5000
    assert np.array_equal(np.sort(np.concatenate([fit, report])), np.arange(10_001))
    assert np.array_equal(fit, halves(10_001)[0])
    assert abs(fit.mean() - report.mean()) < 200  # not the first half and the second
