"""One step of training: a batch in, its loss and accuracy out, the network changed."""

from collections.abc import Callable

import keras
import tensorflow as tf

from core.training.recipe import Recipe
from core.training.steps.lookahead import LookaheadSGD
from core.training.steps.orthogonal import OrthogonalSGD


def with_optimizer(network: keras.Model, recipe: Recipe, steps: int) -> None:
    """Give a network the recipe's optimizer, for a training of so many steps."""
    network.compile(
        optimizer=optimizer_of(recipe, steps),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    network.optimizer.build(network.trainable_variables)


def optimizer_of(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Return a recipe's optimizer for a training of so many steps."""
    if recipe.optimizer == "adam":
        return keras.optimizers.Adam(recipe.learning_rate)
    options = {"momentum": recipe.momentum, "nesterov": recipe.momentum > 0}
    if recipe.orthogonal_rate:
        rate, momentum = recipe.orthogonal_rate, recipe.orthogonal_momentum
        options |= {"orthogonal_rate": rate, "orthogonal_momentum": momentum}
    if recipe.lookahead_steps:
        return LookaheadSGD(recipe.learning_rate, every=recipe.lookahead_steps, steps=steps, **options)
    if recipe.orthogonal_rate:
        return OrthogonalSGD(recipe.learning_rate, **options)
    return keras.optimizers.SGD(recipe.learning_rate, **options)


def compiled_step(
    network: keras.Model, recipe: Recipe, forward: Callable[[tf.Tensor], tf.Tensor]
) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """Return step(uint8 pixels (b, h, w, 3), int32 labels (b,), rate) -> (loss, accuracy) that updates `network`.

    The pixels are of whole images, or of the windows that the recipe crops them to.

    Args:
        network: from pixels in 0..1 to logits, with its optimizer.
        recipe: how to train.
        forward: computes the network's logits (b, classes) as it does in training.
    """
    variables, optimizer = learned_variables(network, recipe), network.optimizer

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *pixels_shape(network, recipe)), tf.uint8),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((), tf.float32),
        ]
    )
    def step(pixels: tf.Tensor, labels: tf.Tensor, rate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            logits = tf.cast(forward(tf.cast(pixels, tf.float32) / 255.0), tf.float32)
            loss = tf.reduce_mean(cross_entropy(logits, labels, recipe.label_smoothing))
        gradients = tape.gradient(loss, variables)
        if recipe.head_scale != 1 or recipe.offset_rate != 1:
            factors = [gradient_factor(network, recipe, variable) for variable in variables]
            gradients = [g * factor if factor != 1 else g for g, factor in zip(gradients, factors, strict=True)]
        optimizer.learning_rate = rate
        optimizer.apply(gradients, variables)
        if recipe.weight_decay:
            for kernel in [variable for variable in variables if variable.path.endswith("/kernel")]:
                kernel.assign(kernel * (1.0 - rate * recipe.weight_decay))
        if recipe.lookahead_steps and recipe.optimizer == "sgd":
            optimizer.pull(network.trainable_variables)
        right = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_mean(tf.cast(right, tf.float32))

    return step


def pixels_shape(network: keras.Model, recipe: Recipe) -> tuple[int, ...]:
    """Return the shape (h, w, 3) of what a step sees of an image."""
    if recipe.crop_pixels:
        return recipe.crop_pixels, recipe.crop_pixels, network.input_shape[-1]
    return network.input_shape[1:]


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Return each image's cross-entropy (b,) against its label, `smoothing` of the target spread over all classes."""
    log_probabilities = tf.nn.log_softmax(logits)
    right = tf.gather(log_probabilities, labels, batch_dims=1)
    return -(1.0 - smoothing) * right - smoothing * tf.reduce_mean(log_probabilities, axis=1)


def learned_variables(network: keras.Model, recipe: Recipe) -> list[keras.Variable]:
    """Return the variables that training changes."""
    if recipe.whitening and recipe.keep_whitening:
        kept = [layer.kernel for layer in network.layers if isinstance(layer, keras.layers.Conv2D)][:1]
        return [v for v in network.trainable_variables if not any(v is kernel for kernel in kept)]
    return network.trainable_variables


def gradient_factor(network: keras.Model, recipe: Recipe, variable: keras.Variable) -> float:
    """Return what `variable`'s gradient is multiplied by."""
    if any(variable is each for each in network.layers[-1].trainable_variables):
        # Logits times s would make the last layer's gradient s times as large, and its effect s times again.
        return recipe.head_scale**2
    return recipe.offset_rate if variable.path.endswith("/beta") else 1.0
