import json

import numpy as np
import pytest
from scipy.special import log_softmax as scipy_log_softmax
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from core.model.quality.evaluation import Evaluation, evaluate, half_precision, log_softmax, logits_of, softmax

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 2, (500, 10))
LABELS = RANDOM.integers(0, 10, 500)


def test_against_scikit_learn() -> None:
    result = evaluate(LOGITS, LABELS, fingerprint="abc")
    predicted = LOGITS.argmax(axis=1)
    assert result.accuracy == pytest.approx(accuracy_score(LABELS, predicted))
    assert result.loss == pytest.approx(log_loss(LABELS, softmax(LOGITS), labels=range(10)))
    assert np.array_equal(result.confusion, confusion_matrix(LABELS, predicted, labels=range(10)))
    assert result.n == 500
    assert result.fingerprint == "abc"


def test_softmax_against_scipy_and_without_overflow() -> None:
    assert np.allclose(log_softmax(LOGITS), scipy_log_softmax(LOGITS, axis=1))
    assert np.array_equal(softmax(np.array([1e4, 0.0])), [1.0, 0.0])


def test_guessing_costs_the_logarithm_of_ten() -> None:
    assert evaluate(np.zeros((10, 10)), np.arange(10)).loss == pytest.approx(np.log(10))


def test_calibration_by_hand() -> None:
    """Two images, both with confidence 0.9 (bin 9), one right: the gap is 0.9 - 0.5 = 0.4."""
    logits = np.log(np.array([[0.9, 0.1] + [1e-12] * 8] * 2))
    result = evaluate(logits, np.array([0, 1]))
    bins = np.flatnonzero(result.bin_count)
    assert len(bins) == 1
    assert result.bin_accuracy[bins[0]] == 0.5
    assert result.calibration_error == pytest.approx(0.4)


def test_json_round_trip() -> None:
    before = evaluate(LOGITS, LABELS, fingerprint="abc")
    after = Evaluation.from_json(json.loads(json.dumps(before.to_json())))
    assert after.loss == before.loss
    assert np.array_equal(after.confusion, before.confusion)
    assert np.array_equal(after.bin_accuracy, before.bin_accuracy, equal_nan=True)


def test_diverged_logits_have_no_loss() -> None:
    logits = LOGITS.copy()
    logits[3] = np.nan
    result = evaluate(logits, LABELS)
    assert np.isnan(result.loss)
    assert result.confusion.sum() == 500


def test_logits_come_in_batches() -> None:
    images = RANDOM.integers(0, 256, (7, 32, 32, 3), np.uint8)

    class Ten:
        """Answers with an image's first ten numbers."""

        classes, images_at_a_time = 10, 3

        def logits(self, batch: np.ndarray) -> np.ndarray:
            assert len(batch) <= 3
            return batch.reshape(len(batch), -1)[:, :10].astype(np.float32)

    assert np.array_equal(logits_of(Ten(), images), images.reshape(7, -1)[:, :10])
    assert logits_of(Ten(), images[:0]).shape == (0, 10)


def test_an_evaluation_comes_back_from_json_whatever_its_classes() -> None:
    for classes in (2, 4, 100):
        labels = RANDOM.integers(0, classes, 60)
        result = evaluate(RANDOM.normal(size=(60, classes)), labels)
        again = Evaluation.from_json(result.to_json())
        assert again.classes == classes
        assert np.array_equal(again.confusion, result.confusion)
    with pytest.raises(ValueError, match="no evaluation"):
        Evaluation.from_json(result.to_json() | {"confusion": [[1, 2, 3], [4, 5, 6]]})


def test_half_precision_changes_no_answer() -> None:
    """Logits so close together that float16 alone makes a third of the winners equal to another class."""
    close = (RANDOM.integers(-3, 3, (20_000, 10)) + RANDOM.normal(0, 1e-4, (20_000, 10))).astype(np.float32)
    assert (close.astype(np.float16).argmax(axis=1) != close.argmax(axis=1)).mean() > 0.1
    kept = half_precision(close)
    assert kept.dtype == np.float16
    assert np.array_equal(kept.argmax(axis=1), close.argmax(axis=1))
    assert np.abs(kept - (close - close.max(axis=1, keepdims=True))).max() < 0.005


def test_half_precision_by_hand() -> None:
    """-2**-24 is the next float16 before 0; below -65,504 there is none; what is no number stays none."""
    assert half_precision(np.array([[1.0, 1.0 + 1e-9]])).tolist() == [[-(2**-24), 0.0]]
    assert half_precision(np.array([[1.0 + 1e-9, 1.0]])).tolist() == [[0.0, 0.0]]
    assert half_precision(np.array([[1e6, 2e6]])).tolist() == [[-65_504.0, 0.0]]
    assert np.isnan(half_precision(np.array([[np.nan, 1.0]]))[0, 0])
    assert half_precision(np.array([[np.inf, 1.0]])).tolist() == [[np.inf, 1.0]]


def test_half_precision_leaves_the_answer_as_sure_as_it_is() -> None:
    """Whose logits are all large, too; the other probabilities move by less than a hundredth of themselves."""
    logits = 300 + RANDOM.normal(0, 3, (2000, 10))
    exact, kept = softmax(logits), softmax(half_precision(logits))
    assert np.abs(kept.max(axis=1) - exact.max(axis=1)).max() < 1e-5
    assert (np.abs(kept - exact) / exact).max() < 0.01
    assert np.abs(kept - exact).max() < 5e-4
