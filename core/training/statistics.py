"""The means and variances batch normalization answers with, measured when an epoch ends."""

import keras
import numpy as np
from numpy.typing import NDArray

from core.config import WHITE

STATISTICS_IMAGES = 2000
"""So many of the training images tell them, or as many as 20 batches hold."""


def measure_statistics(network: keras.Model, images: NDArray[np.uint8], batch_size: int) -> None:
    """Set each BatchNormalization's mean and variance to those of `images` behind the network's present weights.

    The running averages Keras keeps are of batches that earlier weights answered. Where steps are long they lag so far
    behind that a network which answers four of five images right seems to answer two (Wu and Johnson 2021, "Rethinking
    'Batch' in BatchNorm", section 3). Weights are not touched, and training does not ask for these numbers.

    Args:
        network: from pixels in 0..1 to logits.
        images: uint8 (n, height, width, 3), of the training images.
        batch_size: so many at a time; the numbers are the means over these batches.
    """
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    starts = range(0, len(images), batch_size) if layers else ()
    try:
        for count, start in enumerate(starts):
            for layer in layers:
                layer.momentum = count / (count + 1)  # so that the running average is the mean over the batches so far
            network(images[start : start + batch_size].astype(np.float32) / WHITE, training=True)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
