"""How TensorFlow's threads wait in a process that trains."""

import keras  # noqa: F401 (before TensorFlow: see CONTRIBUTING.md)
import tensorflow as tf
from tensorflow.python.eager import context


def sleep_when_idle() -> None:
    """Let threads that find no work sleep at once; does nothing once TensorFlow has computed in this process.

    By itself TensorFlow keeps them looking for work for a while, to answer single requests sooner. A step of training
    is a hundred short operations, and what the threads do between them is a twentieth of its processor time; it ends no
    later for their sleep. TensorFlow has this setting in its configuration and no public call for it.
    """
    active = context.context()
    if not active._initialized:
        active._config = tf.compat.v1.ConfigProto()
        active._config.experimental.disable_thread_spinning = True
