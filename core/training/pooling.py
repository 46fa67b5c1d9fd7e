"""Max pooling whose gradient is cheap without oneDNN: the way forward remembers which value of each window won.

TensorFlow's own gradient looks for the winners again. XLA makes of each function here a pass or two over the maps.
"""

import tensorflow as tf

Window = tuple[int, int]
LARGEST = 16
"""Values of a window up to which it is written out; larger ones are rare and would take long to compile."""


@tf.function(jit_compile=True)
def pool(maps: tf.Tensor, window: Window) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the maxima of windows side by side, and which value of its window each is, counted row by row.

    Args:
        maps: (n, h, w, c).
        window: height and width; where none fits at the lower or right edge, what is left is left out.

    Returns:
        The maxima (n, h // height, w // width, c), and int8 of the same shape: of equal values the first.
    """
    height, width = window
    bottom, right = maps.shape[1] // height * height, maps.shape[2] // width * width
    parts = [maps[:, i:bottom:height, j:right:width] for i in range(height) for j in range(width)]
    largest, winner = parts[0], tf.zeros_like(parts[0], tf.int8)
    for place, values in enumerate(parts[1:], start=1):
        winner = tf.where(values > largest, tf.constant(place, tf.int8), winner)
        largest = tf.maximum(values, largest)
    return largest, winner


@tf.function(jit_compile=True)
def spread(slopes: tf.Tensor, winner: tf.Tensor, window: Window, size: Window) -> tf.Tensor:
    """Return the gradient of `pool` by its maps: each slope where its window's maximum came from, zero elsewhere.

    Args:
        slopes: (n, h // height, w // width, c), the gradient by the maxima.
        winner: as `pool` returned it.
        window: as given to `pool`.
        size: height and width of the maps.

    Returns:
        (n, h, w, c).
    """
    height, width = window
    n, (rows, columns, channels) = tf.shape(slopes)[0], slopes.shape[1:]
    place = tf.reshape(tf.range(height * width), (1, 1, height, 1, width, 1))
    won = tf.cast(winner, tf.int32)[:, :, None, :, None] == place  # (n, rows, height, columns, width, c)
    values = tf.where(won, slopes[:, :, None, :, None], tf.zeros((), slopes.dtype))
    values = tf.reshape(values, (n, rows * height, columns * width, channels))
    return tf.pad(values, ((0, 0), (0, size[0] - rows * height), (0, size[1] - columns * width), (0, 0)))
