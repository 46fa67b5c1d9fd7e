import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

from core.model.quality.scores import class_scores, interval, top

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 2, (500, 10))
LABELS = RANDOM.integers(0, 10, 500)


def test_scores_of_classes_against_scikit_learn() -> None:
    predicted = LOGITS.argmax(axis=1)
    found = class_scores(confusion_matrix(LABELS, predicted, labels=range(10)))
    precision, recall, f1, _ = precision_recall_fscore_support(LABELS, predicted, labels=range(10))
    np.testing.assert_allclose(found.precision, precision)
    np.testing.assert_allclose(found.recall, recall)
    np.testing.assert_allclose(found.f1, f1)


def test_a_class_nobody_answers_with_has_no_precision() -> None:
    """Three images of class 0 and none of class 1, one of them taken for class 2."""
    found = class_scores([[2, 0, 1], [0, 0, 0], [0, 0, 4]])
    np.testing.assert_array_equal(found.precision, [1.0, np.nan, 0.8])
    np.testing.assert_array_equal(found.recall, [2 / 3, np.nan, 1.0])
    np.testing.assert_array_equal(found.f1, [0.8, np.nan, 8 / 9])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_top_against_scikit_learn(count: int) -> None:
    assert top(LOGITS, LABELS, count) == top_k_accuracy_score(LABELS, LOGITS, k=count, normalize=False)


def test_equal_logits_count_as_argmax_does() -> None:
    assert [top(np.zeros((3, 3)), np.arange(3), count) for count in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.parametrize(("hits", "trials"), [(0, 20), (20, 20), (7, 20), (6003, 10_000)])
def test_interval_against_scipy(hits: int, trials: int) -> None:
    expected = binomtest(hits, trials).proportion_ci(method="wilson")
    np.testing.assert_allclose(interval(hits, trials), [expected.low, expected.high], atol=1e-7)


def test_of_nothing_everything_is_possible() -> None:
    assert interval(0, 0) == (0.0, 1.0)
