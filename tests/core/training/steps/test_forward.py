from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.model.construction import processor
from core.model.construction.network import build
from core.model.structure.architecture import Architecture
from core.training.steps import forward
from core.training.steps.forward import training_pass
from core.training.steps.step import cross_entropy

TUTORIAL = Architecture.tutorial().to_text()
NETWORKS = [
    TUTORIAL,
    "s-c8k5-m3s2-c8l-m2-f-d10l",  # windows that overlap, a convolution without ReLU
    "u-c8pb-m2p-n-r-(c8plb-n)-r-c8s2-m2-f-d10l",  # padded, and a residual block
    "u-c8s2-m2-o0.3-c8-a2-ga-d10l",  # dropout, average pooling
    "u-m2-c8-f-d10l",  # begins with pooling
    "u-f-d10l",  # nothing to rearrange
]


def pixels_and_labels(n: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Flat areas as in photographs, so that many windows have ties, and noise."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (n, 8, 8, 3)).repeat(4, axis=1).repeat(4, axis=2)
    fine = random.integers(0, 256, (n, 32, 32, 3))
    images = np.where(random.random((n, 32, 32, 1)) < 0.5, coarse, fine)
    return tf.constant(images / 255, tf.float32), tf.constant(random.integers(0, 10, n), tf.int32)


def loss_and_gradients(
    network: keras.Model, call: Callable[[tf.Tensor], tf.Tensor], pixels: tf.Tensor, labels: tf.Tensor
) -> tuple[float, list[np.ndarray]]:
    for layer in network.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign([0, 7])

    @tf.function
    def compute():  # type: ignore[no-untyped-def]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(cross_entropy(call(pixels), labels, 0.0))
        return loss, tape.gradient(loss, network.trainable_variables)

    loss, gradients = compute()
    return float(loss), [gradient.numpy() for gradient in gradients]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("text", NETWORKS)
def test_loss_and_gradients_are_keras_own(text: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is chosen where TensorFlow pools fast, and where it does not."""
    monkeypatch.setattr(processor, "pools_fast", lambda: fast)
    network = build(Architecture.from_text(text), seed=0)
    pixels, labels = pixels_and_labels(500 if text == TUTORIAL else 60)
    loss, ours = loss_and_gradients(network, training_pass(network), pixels, labels)
    expected, theirs = loss_and_gradients(network, lambda x: network(x, training=True), pixels, labels)
    assert loss == pytest.approx(expected, rel=1e-6)  # the same kernels, or rows fewer of them
    for variable, a, b in zip(network.trainable_variables, ours, theirs, strict=True):
        # Kernels agree to the last bits. Float32 sums of a bias's gradient, hundreds of thousands of terms in an order
        # of their own, are known to about this much.
        assert np.linalg.norm(a - b) <= 1e-5 * np.linalg.norm(b), variable.path
        assert np.abs(a - b).max() <= 1e-5 * np.abs(b).max(), variable.path


def test_moving_averages_move_as_keras_moves_them() -> None:
    architecture = Architecture.from_text("u-c8p-m2p-n-r-ga-d10l")
    ours, theirs = build(architecture, seed=0), build(architecture, seed=0)
    pixels, _ = pixels_and_labels(20)
    training_pass(ours)(pixels)
    theirs(pixels, training=True)
    assert ours.non_trainable_variables
    for a, b in zip(ours.non_trainable_variables, theirs.non_trainable_variables, strict=True):
        assert not np.array_equal(a, np.zeros(a.shape))
        assert np.allclose(a, b, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("text", "side"),
    [(TUTORIAL, 30), ("u-c8s2-m2-f-d10l", 29), ("u-c8p-m2-f-d10l", 32), ("s-c8-n-m2-f-d10l", 32), ("u-ga-d10l", 32)],
)
def test_pixels_that_reach_no_logit_are_left_out(text: str, side: int) -> None:
    """By hand: tutorial 6 x 6 pooled, 12 convolved, 14 in, 28 convolved, 30 pixels."""
    network = build(Architecture.from_text(text), seed=0)
    consumers = forward.Counter(id(tensor) for layer in network.layers for tensor in forward._inputs(layer))
    assert forward._needed(network, consumers) == (side, side)
    pixels, _ = pixels_and_labels(4)
    cut = pixels.numpy()
    cut[:, side:] = cut[:, :, side:] = 0.5
    assert np.array_equal(network(cut, training=False), network(pixels, training=False))
