"""Whether this machine computes at half precision, found out by trying: libraries name too many processors."""

import functools
import logging

import tensorflow as tf

_LOG = logging.getLogger("convscope")


def usable(dtype: str) -> str:
    """Return `dtype`, or "float32" where a network's layers cannot compute in it here; the log says so once.

    >>> usable("float32")
    'float32'
    """
    return dtype if dtype == "float32" or _half_works() else "float32"


@functools.cache
def _half_works() -> bool:
    """Return whether a convolution and its slopes can be had in bfloat16.

    oneDNN refuses them on processors without AVX-512, where TensorFlow hands them over nevertheless.
    """

    @tf.function(autograph=False)
    def step(images: tf.Tensor, kernel: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch([images, kernel])
            maps = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(images, kernel, 1, "SAME"), tf.zeros(8, tf.bfloat16)))
        return tape.gradient(maps, [images, kernel])

    try:
        step(tf.ones((2, 8, 8, 3), tf.bfloat16), tf.ones((3, 3, 3, 8), tf.bfloat16))
    except tf.errors.OpError:
        _LOG.warning("This processor does not compute at half precision; networks compute at single precision instead.")
        return False
    return True
