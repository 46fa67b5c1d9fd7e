"""The gradient of max pooling in one pass over the maps, for where TensorFlow's own is slow.

Without oneDNN's kernels TensorFlow looks for the winner of each window value by value, and oneDNN's kernel scatters
slowly without AVX-512. Here XLA compares whole maps with their maxima.
"""

import keras  # noqa: F401 (before TensorFlow: see CONTRIBUTING.md)
import tensorflow as tf

Window = tuple[int, int]
LARGEST = 16
"""Values of a window up to which it is written out; larger ones are rare and would take long to compile."""


@tf.function(jit_compile=True)
def slopes_of_winners(slopes: tf.Tensor, maps: tf.Tensor, largest: tf.Tensor, window: Window) -> tf.Tensor:
    """Return the gradient of max pooling by its maps: each slope where its window's maximum came from, zero elsewhere.

    Args:
        slopes: (n, h // height, w // width, c), the gradient by the maxima.
        maps: (n, h, w, c), what was pooled.
        largest: of the same shape as `slopes`, the maxima of windows side by side.
        window: height and width; where none fits at the lower or right edge, what is left is left out.

    Returns:
        (n, h, w, c). Of equal values in a window the first has won, counted row by row, as in TensorFlow.
    """
    height, width = window
    n, (rows, columns, channels) = tf.shape(slopes)[0], slopes.shape[1:]
    whole = (rows * height, columns * width)
    parts = tf.reshape(maps[:, : whole[0], : whole[1]], (n, rows, height, columns, width, channels))
    row = tf.reshape(tf.range(height), (1, 1, height, 1, 1, 1))
    column = tf.reshape(tf.range(width), (1, 1, 1, 1, width, 1))
    won = parts == largest[:, :, None, :, None]
    for above in range(height - 1):
        has_it = tf.reduce_any([parts[:, :, above, :, j] == largest for j in range(width)], axis=0)
        won &= ~((row > above) & has_it[:, :, None, :, None])
    for before in range(width - 1):
        has_it = parts[:, :, :, :, before] == largest[:, :, None]
        won &= ~((column > before) & has_it[:, :, :, :, None])
    values = tf.reshape(tf.where(won, slopes[:, :, None, :, None], tf.zeros((), slopes.dtype)), (n, *whole, channels))
    return tf.pad(values, ((0, 0), (0, maps.shape[1] - whole[0]), (0, maps.shape[2] - whole[1]), (0, 0)))
