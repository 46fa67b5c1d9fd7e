import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import RunError
from core.model.inference.scoring import Scoring

IMAGES = np.repeat(np.arange(7, dtype=np.uint8), 32 * 32 * 3).reshape(7, 32, 32, 3)


def sums(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.repeat(images.reshape(len(images), -1).sum(axis=1, dtype=np.float64)[:, None], 10, axis=1)


def test_batches_are_put_together_in_order() -> None:
    scoring = Scoring(lambda: sums, IMAGES, 10, batch_size=3)
    np.testing.assert_array_equal(scoring.result(), sums(IMAGES))
    assert (scoring.count, scoring.total) == (7, 7)


def test_progress_can_be_read_while_it_works() -> None:
    go, halfway = threading.Event(), threading.Event()

    def slow(images: NDArray[np.uint8]) -> NDArray[np.float64]:
        if (images[0] == IMAGES[3]).all():
            halfway.set()
            go.wait(10)
        return sums(images)

    scoring = Scoring(lambda: slow, IMAGES, 10, batch_size=3)
    assert halfway.wait(10)
    assert scoring.count == 3
    assert not scoring.wait(0)
    go.set()
    assert scoring.wait(10)


def test_what_goes_wrong_in_the_thread_reaches_whoever_asks() -> None:
    def broken() -> None:
        raise RunError("Expected weights. Received none. Choose another epoch.")

    scoring = Scoring(broken, IMAGES, 10)
    with pytest.raises(RunError, match="Received none"):
        scoring.result()


def test_the_result_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Scoring(lambda: sums, IMAGES, 10).result()[0, 0] = 1
