import numpy as np
import pytest

from core.data import strangers
from core.model.quality.answers import Answers
from core.model.quality.evaluation import evaluate
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.predictions.confidence import strangers_sentence, sure_and_wrong, verdict


def evaluated(confidence: float, right: int) -> str:
    """Ten answers, all of one confidence, some of them right."""
    logits = np.log(np.array([[confidence] + [(1 - confidence) / 9] * 9] * 10))
    return verdict(evaluate(logits, np.array([0] * right + [1] * (10 - right))))


def test_too_sure_lies_below() -> None:
    sentence = evaluated(0.9, right=6)
    assert "too sure of itself: on average it claims 90.0 % and is right 60.0 % of the time" in sentence
    assert "All of its answers are in groups below the dashed line" in sentence
    assert "off by 30.0 points" in sentence


def test_not_sure_enough_lies_above() -> None:
    sentence = evaluated(0.55, right=8)
    assert "not sure enough: on average it claims 55.0 % and is right 80.0 % of the time" in sentence
    assert "All of its answers are in groups above the dashed line" in sentence


def test_about_right_takes_no_side() -> None:
    assert "about as sure as it should be" in evaluated(0.801, right=8)


@pytest.mark.parametrize("name", ["tutorial", "fast", "strong", "digits"])
def test_the_side_is_that_of_the_stored_answers(name: str) -> None:
    """Mean confidence and accuracy from the logits themselves, without any bins."""
    run = find_run(name)
    evaluation, logits = Snapshot(run, run.epochs[-1]).evaluation(), Snapshot(run, run.epochs[-1]).logits()
    assert evaluation is not None
    assert logits is not None
    shares = np.exp(logits.astype(float)) / np.exp(logits.astype(float)).sum(axis=1, keepdims=True)
    points = 100 * (shares.max(axis=1).mean() - evaluation.accuracy)
    words = "too sure" if points >= 1 else "not sure enough" if points <= -1 else "about as sure"
    assert words in verdict(evaluation)


def test_sure_and_wrong_counts_them() -> None:
    """Four answers, claimed 95, 95, 95 and 50 %; the second is wrong, and at temperature 3 none is sure."""
    logits = np.log([[0.95, 0.05], [0.95, 0.05], [0.05, 0.95], [0.5, 0.5]])
    answers = Answers.from_logits(logits, np.array([0, 1, 1, 0], np.uint8))
    assert sure_and_wrong(answers, 1.0) == "Of the 4 images it is more than 90 % sure of 3: 1 of these is wrong."
    right = Answers.from_logits(logits, np.array([0, 0, 1, 0], np.uint8))
    assert sure_and_wrong(right, 1.0).endswith("sure of 3: none of these is wrong.")
    assert sure_and_wrong(answers, 3.0) == "Of none of the 4 images it is more than 90 % sure."


def test_strangers_are_told_by_mean_and_share() -> None:
    sentence = strangers_sentence("images of noise", np.log([[0.95, 0.05], [0.4, 0.6]]))
    assert sentence == "2 images of noise: 77.5 % sure on average, more than 90 % sure of 1 of them."


def test_strangers_are_not_of_the_family() -> None:
    assert {name: images.shape for name, images in strangers.of("cifar10").items()} == {
        "images of noise": (100, 32, 32, 3),
        "handwritten digits": (100, 32, 32, 3),
    }
    assert {name: len(images) for name, images in strangers.of("digits").items()} == {
        "images of noise": 100,
        "CIFAR-10 images": 20,
    }


def test_the_calibration_error_is_named() -> None:
    assert evaluated(0.9, right=6).endswith("off by 30.0 points: its calibration error.")
