"""The means and variances batch normalization answers with, measured when an epoch ends."""

from collections.abc import Iterable

import keras
import numpy as np
from numpy.typing import NDArray

from core.config import WHITE

STATISTICS_IMAGES, STATISTICS_BATCHES = 2000, 20
"""As many batches tell them as hold so many images, but no more than this."""


def measure_statistics(network: keras.Model, batches: Iterable[NDArray[np.uint8]]) -> None:
    """Set each BatchNormalization's mean and variance to those of `batches` behind the network's present weights.

    The running averages Keras keeps are of batches that earlier weights answered. Where steps are long they lag so far
    behind that a network which answers four of five images right seems to answer two (Wu and Johnson 2021, "Rethinking
    'Batch' in BatchNorm", section 3). Weights are not touched, and training does not ask for these numbers.

    Args:
        network: from pixels in 0..1 to logits.
        batches: each uint8 (n, height, width, 3), changed as training changes them; the means over them are kept.
    """
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    try:
        for count, batch in enumerate(batches if layers else ()):
            for layer in layers:
                layer.momentum = count / (count + 1)  # so that the running average is the mean over the batches so far
            network.call(batch.astype(np.float32) / WHITE, training=True)  # `network(...)` refuses cropped images
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
