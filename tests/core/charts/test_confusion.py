import numpy as np
from sklearn.metrics import confusion_matrix

from core.charts.confusion import mistakes, shares


def test_shares_are_of_the_true_class_as_scikit_learn_normalizes() -> None:
    rng = np.random.default_rng(0)
    labels, answers = rng.integers(0, 10, 500), rng.integers(0, 10, 500)
    counts = confusion_matrix(labels, answers, labels=range(10))
    expected = confusion_matrix(labels, answers, labels=range(10), normalize="true")
    np.testing.assert_allclose(shares(counts), expected)


def test_a_class_without_images_has_no_shares() -> None:
    assert shares([[0, 0], [1, 3]]).tolist() == [[0, 0], [0.25, 0.75]]


def test_mistakes_come_most_frequent_first_and_leave_out_the_diagonal() -> None:
    found = mistakes([[5, 1, 0], [3, 7, 0], [0, 2, 9]])
    assert [(mistake.true, mistake.predicted, mistake.count) for mistake in found] == [(1, 0, 3), (2, 1, 2), (0, 1, 1)]
    assert found[0].share == 0.3


def test_nothing_wrong_means_no_mistakes() -> None:
    assert mistakes(np.eye(10, dtype=int)) == []
