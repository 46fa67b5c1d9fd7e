import numpy as np
import pytest

from core.model.quality.answers import Answers

LOGITS = np.log(np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.1, 0.0999, 0.8001], [0.5, 0.4, 0.1]]))
LABELS = np.array([0, 0, 2, 1], np.uint8)


@pytest.fixture
def answers() -> Answers:
    return Answers.from_logits(LOGITS, LABELS)


def test_predicted_is_the_largest_logit_and_confidence_its_probability(answers: Answers) -> None:
    assert answers.predicted.tolist() == [0, 1, 2, 0]
    np.testing.assert_allclose(answers.confidence, [0.8, 0.6, 0.8001, 0.5])
    assert answers.right.tolist() == [True, False, True, False]


def test_mistakes_most_confident_first(answers: Answers) -> None:
    assert answers.select(show="wrong", order="most confident first").tolist() == [1, 3]
    assert answers.select(show="wrong", order="least confident first").tolist() == [3, 1]


def test_filters_combine(answers: Answers) -> None:
    assert answers.select().tolist() == [0, 1, 2, 3]
    assert answers.select(show="right").tolist() == [0, 2]
    assert answers.select(true=0).tolist() == [0, 1]
    assert answers.select(answer=0).tolist() == [0, 3]
    assert answers.select(true=1, answer=0).tolist() == [3]
    assert answers.select(show="right", true=1).tolist() == []


def test_equally_confident_answers_keep_their_order() -> None:
    answers = Answers.from_logits(np.zeros((5, 3)), np.zeros(5, np.uint8))
    assert answers.select(order="most confident first").tolist() == [0, 1, 2, 3, 4]


def test_a_diverged_run_answers_without_an_error() -> None:
    answers = Answers.from_logits(np.array([[np.nan, np.inf, 0.0]], np.float16), np.array([1], np.uint8))
    assert np.isfinite(answers.probabilities).all()
