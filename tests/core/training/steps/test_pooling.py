import numpy as np
import pytest
import tensorflow as tf

from core.training.steps.pooling import slopes_of_winners


@pytest.mark.parametrize("window", [(2, 2), (3, 3), (2, 3), (1, 1)])
@pytest.mark.parametrize("size", [(8, 8), (13, 11)])
def test_gradient_is_tensorflows(window: tuple[int, int], size: tuple[int, int]) -> None:
    """To the last bit, on maps in whose windows many values are the same."""
    random = np.random.default_rng(0)
    maps = tf.constant(random.integers(-2, 3, (5, *size, 4)), tf.float32)
    largest = tf.nn.max_pool2d(maps, window, window, "VALID")
    slopes = tf.constant(random.normal(size=largest.shape), tf.float32)
    sides = [1, *window, 1]
    theirs = tf.raw_ops.MaxPoolGrad(
        orig_input=maps, orig_output=largest, grad=slopes, ksize=sides, strides=sides, padding="VALID"
    )
    assert np.array_equal(slopes_of_winners(slopes, maps, largest, window), theirs)


def test_by_hand() -> None:
    """The first of two equal values wins; the third column and row are left out."""
    maps = tf.constant([[1.0, 4.0, 9.0], [4.0, 2.0, 9.0], [9.0, 9.0, 9.0]])[None, :, :, None]
    spread_out = slopes_of_winners(tf.fill((1, 1, 1, 1), 7.0), maps, tf.fill((1, 1, 1, 1), 4.0), (2, 2))
    assert np.asarray(spread_out)[0, :, :, 0].tolist() == [[0, 7, 0], [0, 0, 0], [0, 0, 0]]
