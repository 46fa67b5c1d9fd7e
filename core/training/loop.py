"""The training loop: batches in, metrics out. It knows no files, no clocks and no screens."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.training import augmentation
from core.training.forward import training_pass
from core.training.lookahead import LookaheadSGD
from core.training.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """One step: its number from 1, its epoch from 1, mean loss (nats) and accuracy (0..1) of its batch."""

    step: int
    epoch: int
    loss: float
    accuracy: float
    learning_rate: float
    images: int


class Trainer:
    """Trains one network by one recipe.

    The batches of epoch e and the random changes of step s depend on (seed, e, s) only, and the optimizer counts the
    steps: a network loaded with its optimizer goes on exactly where it was saved.

    Args:
        network: from pixels in 0..1 to logits; keeps its optimizer when it has one.
        recipe: how to train.
        images: uint8 (n, 32, 32, 3).
        labels: (n,), classes 0..9.
        train: positions of the images to learn from.
        seed: of the order and the augmentation.
    """

    def __init__(
        self,
        network: keras.Model,
        recipe: Recipe,
        images: NDArray[np.uint8],
        labels: NDArray[np.integer],
        train: NDArray[np.int64],
        *,
        seed: int,
    ) -> None:
        self.network, self.recipe = network, recipe
        self._images, self._labels, self._train = images, np.asarray(labels, np.int32), train
        self._seed = seed
        self.steps_per_epoch = -(-len(train) // recipe.batch_size)
        self.steps = self.steps_per_epoch * recipe.epochs
        if getattr(network, "optimizer", None) is None:
            network.compile(
                optimizer=_optimizer(recipe, self.steps),
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=["accuracy"],
            )
            network.optimizer.build(network.trainable_variables)
        self._step = _compiled_step(network, recipe)

    @property
    def steps_done(self) -> int:
        """Steps the network has been trained for, saved ones included."""
        return int(self.network.optimizer.iterations.numpy())

    @property
    def epochs_done(self) -> int:
        """Whole epochs among them."""
        return self.steps_done // self.steps_per_epoch

    def run_epoch(self) -> Iterator[StepMetrics]:
        """Train to the end of the current epoch, a step at a time; stop asking, and it waits there."""
        while True:
            step = self.steps_done
            if step >= self.steps:
                return
            epoch = step // self.steps_per_epoch
            pixels, labels = self.batch(step)
            rate = self.recipe.rate_at(step, self.steps)
            loss, accuracy = self._step(pixels, labels, np.float32(rate))
            yield StepMetrics(
                step=step + 1,
                epoch=epoch + 1,
                loss=float(loss),
                accuracy=float(accuracy),
                learning_rate=rate,
                images=len(labels),
            )
            if (step + 1) % self.steps_per_epoch == 0:
                return

    def batch(self, step: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Return the augmented images (b, 32, 32, 3) and labels (b,) of step `step` (from 0)."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = self._order(epoch)
        chosen = self._train[order[place * self.recipe.batch_size :][: self.recipe.batch_size]]
        random = np.random.default_rng([self._seed, 3, step])
        mirrored = np.zeros(len(chosen), bool)
        if self.recipe.flip == "random":
            mirrored = random.random(len(chosen)) < 0.5
        elif self.recipe.flip == "alternating":
            first = np.random.default_rng([self._seed, 4]).random(len(self._labels)) < 0.5
            mirrored = first[chosen] ^ bool(epoch % 2)
        images = augmentation.augment(self._images[chosen], self.recipe, random, mirrored)
        return np.ascontiguousarray(images), self._labels[chosen]

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if getattr(self, "_ordered", None) != epoch:
            self._ordered = epoch
            self._permutation = np.random.default_rng([self._seed, 2, epoch]).permutation(len(self._train))
        return self._permutation


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    if recipe.optimizer == "sgd":
        options = {"momentum": recipe.momentum, "nesterov": recipe.momentum > 0}
        if recipe.lookahead_steps:
            return LookaheadSGD(recipe.learning_rate, every=recipe.lookahead_steps, steps=steps, **options)
        return keras.optimizers.SGD(recipe.learning_rate, **options)
    return keras.optimizers.Adam(recipe.learning_rate)


def scale_head(network: keras.Model, factor: float) -> None:
    """Multiply the initial kernel of the last layer by `factor`."""
    network.layers[-1].kernel.assign(network.layers[-1].kernel * factor)


def _compiled_step(network: keras.Model, recipe: Recipe):  # type: ignore[no-untyped-def]
    """Return step(uint8 pixels (b, 32, 32, 3), int32 labels (b,), rate) -> (loss, accuracy) that updates `network`."""
    variables = _learned(network, recipe)
    kernels = [v for v in variables if v.path.endswith("/kernel")]
    factors = [_gradient_factor(network, recipe, variable) for variable in variables]
    optimizer, forward = network.optimizer, training_pass(network)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *network.input_shape[1:]), tf.uint8),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((), tf.float32),
        ]
    )
    def step(pixels: tf.Tensor, labels: tf.Tensor, rate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            logits = tf.cast(forward(tf.cast(pixels, tf.float32) / 255.0), tf.float32)
            loss = tf.reduce_mean(cross_entropy(logits, labels, recipe.label_smoothing))
        gradients = tape.gradient(loss, variables)
        gradients = [g * factor if factor != 1 else g for g, factor in zip(gradients, factors, strict=True)]
        optimizer.learning_rate = rate
        optimizer.apply(gradients, variables)
        if recipe.weight_decay:
            for kernel in kernels:
                kernel.assign(kernel * (1.0 - rate * recipe.weight_decay))
        if recipe.lookahead_steps and recipe.optimizer == "sgd":
            optimizer.pull(network.trainable_variables)
        right = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_mean(tf.cast(right, tf.float32))

    return step


def _learned(network: keras.Model, recipe: Recipe) -> list[keras.Variable]:
    """Return the variables that training changes."""
    first = next((layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)), None)
    frozen = {id(first.kernel)} if first is not None and recipe.whitening and recipe.keep_whitening else set()
    return [variable for variable in network.trainable_variables if id(variable) not in frozen]


def _gradient_factor(network: keras.Model, recipe: Recipe, variable: keras.Variable) -> float:
    """Return what `variable`'s gradient is multiplied by."""
    if any(variable is each for each in network.layers[-1].trainable_variables):
        # Logits times s would make the last layer's gradient s times as large, and its effect s times again.
        return recipe.head_scale**2
    return recipe.offset_rate if variable.path.endswith("/beta") else 1.0


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Return each image's cross-entropy (b,) against its label, `smoothing` of the target spread over all classes."""
    log_probabilities = tf.nn.log_softmax(logits)
    right = tf.gather(log_probabilities, labels, batch_dims=1)
    return -(1.0 - smoothing) * right - smoothing * tf.reduce_mean(log_probabilities, axis=1)
