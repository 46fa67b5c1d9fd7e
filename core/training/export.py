"""A run to take away: as a `.keras` model, as TensorBoard logs, as CSV, as a script that repeats it."""

import inspect
import io
import tempfile
import zipfile
from pathlib import Path

from core.model.identity import identity_kernels
from core.model.layers.convolution import Conv2D
from core.model.layers.scaling import STANDARD_MEAN, STANDARD_SPREAD
from core.model.script import model_code
from core.model.whitening import whitening_kernels
from core.training import augmentation, data
from core.training.recipe import Recipe
from core.training.run_config import RunConfig
from core.training.runs import Run
from core.training.snapshot import Snapshot


def as_csv(run: Run) -> bytes:
    """Return a zip archive of `steps.csv` and `epochs.csv`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("steps.csv", "epochs.csv"):
            path = run.folder / name
            if path.exists():
                archive.write(path, f"{run.id}/{name}")
    return buffer.getvalue()


def as_keras(run: Run, epoch: int) -> bytes:
    """Return the network after `epoch` as a `.keras` file, ready for `evaluate` on pixels in 0..1 and labels.

    Raises:
        RunError: that snapshot is not there.
    """
    import keras

    network = Snapshot(run, epoch).keras_model()
    network.compile(
        keras.optimizers.SGD(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    network.optimizer.build(network.trainable_variables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.keras"
        network.save(path)
        return path.read_bytes()


def as_tensorboard(run: Run) -> bytes:
    """Return a zip archive of TensorBoard logs: steps and epochs of training, epochs of validation, first kernels.

    Of a very long run they hold an even choice of its steps, as `Run.steps` does; `as_csv` holds them all.
    """
    from core.errors import RunError
    from core.training.event_file import EventFile

    steps, epochs = run.steps(), run.epoch_table()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / run.id
        with EventFile(root / "train") as file:
            file.scalars(steps["step"], {f"step_{name}": steps[name] for name in ("loss", "accuracy", "learning_rate")})
            file.scalars(epochs["epoch"], {f"epoch_{name}": epochs[name] for name in ("loss", "accuracy")})
            for epoch in run.epochs:
                try:
                    file.histogram("first_layer_kernels", epoch, Snapshot(run, epoch).first_layer_kernels())
                except RunError:
                    break  # the network begins with no convolution
        with EventFile(root / "validation") as file:
            file.scalars(epochs["epoch"], {f"epoch_{name}": epochs[f"val_{name}"] for name in ("loss", "accuracy")})
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(root.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(root.parent))
        return buffer.getvalue()


def as_script(run: Run) -> str:
    """Return a Python script that repeats the run with Keras alone: same initial weights, same batches."""
    return script_of(run.config)


def script_of(config: RunConfig) -> str:
    """Return the script of `as_script` for a run that is still to be made."""
    recipe = config.recipe
    parts = [
        _head(config),
        _data(config),
        _division(config),
        _network(config),
        _batches(recipe, config.seed),
        _step(recipe),
        _training(recipe),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _head(config: RunConfig) -> str:
    packages = "keras, tensorflow, numpy" + (", scikit-learn, pillow" if config.family == "digits" else "")
    made = ", ".join(f"{name} {number}" for name, number in config.versions.items())
    policy = ""
    if config.recipe.precision != "float32":
        policy = f'\nkeras.mixed_precision.set_global_policy("{config.recipe.precision}")\n'
    note = f" Its own figures were made {config.data_note}." if config.data_note else ""
    return f'''"""Repeats the run "{_plain(config.title)}" of Convscope.{note}

Same initial weights, same batches. The last digits are rounded otherwise, and training magnifies that: figures on the
way may differ.

Needs: {packages}. Made with {made or "unknown versions"}.
"""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray
{policy}
SEED = {config.seed}
EPOCHS = {config.recipe.epochs}
BATCH_SIZE = {config.recipe.batch_size}
LEARNING_RATE = {config.recipe.learning_rate!r}
'''


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in '"\\')


def _data(config: RunConfig) -> str:
    if config.family == "digits":
        from core.data import digits

        return f"""
from PIL import Image
from sklearn.datasets import load_digits

INK_LEVELS = {digits.INK_LEVELS}
TEST_SHARE = {digits.TEST_SHARE}
_SPLIT_SEED = 0
IMAGE_SHAPE = (32, 32, 3)
DIGITS_CLASSES = range(10)


{inspect.getsource(digits.enlarge)}

{inspect.getsource(digits._choose_for_testing)}

bunch = load_digits()
every = np.stack([enlarge(digit) for digit in bunch.images])
every_label = bunch.target.astype(np.uint8)
for_testing = _choose_for_testing(every_label)
images, labels = every[~for_testing], every_label[~for_testing]
test_images, test_labels = every[for_testing], every_label[for_testing]
"""
    return """
(images, labels), (test_images, test_labels) = keras.datasets.cifar10.load_data()
labels, test_labels = labels.ravel(), test_labels.ravel()
"""


def _division(config: RunConfig) -> str:
    recipe = config.recipe
    part = recipe.held_out if recipe.validation == "held-out" else 0.0
    if part == 0 and recipe.training_images is None:
        return "train = np.arange(len(images))\nvalidation_images, validation_labels = test_images, test_labels"
    validation = "images[held_out], labels[held_out]" if recipe.validation == "held-out" else "test_images, test_labels"
    return f"""
{inspect.getsource(data.choose)}

train, held_out = choose(labels, {part}, {recipe.training_images}, SEED)
validation_images, validation_labels = {validation}
"""


def _network(config: RunConfig) -> str:
    recipe = config.recipe
    code = model_code(config.architecture, seed=config.seed, full_precision_head=recipe.precision != "float32")
    first = config.architecture.layers[0]
    if recipe.whitening and isinstance(first, Conv2D):
        code += f"""

{inspect.getsource(whitening_kernels)}

first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
kernels = np.asarray(first.kernel).copy()
height, width, _, filters = kernels.shape
white = whitening_kernels(images[train[:5000]], height, width, filters, {STANDARD_MEAN}, {STANDARD_SPREAD})
kernels[..., : white.shape[-1]] = white
first.kernel.assign(kernels)
"""
    if recipe.identity_start:
        code += f"""

{inspect.getsource(identity_kernels)}

for layer in [layer for layer in model.layers if isinstance(layer, layers.Conv2D)][1:]:
    layer.kernel.assign(identity_kernels(np.asarray(layer.kernel)))
"""
    if recipe.head_scale != 1:
        code += f"\nmodel.layers[-1].kernel.assign(model.layers[-1].kernel * {recipe.head_scale})\n"
    return code + "\nmodel.summary()"


def _batches(recipe: Recipe, seed: int) -> str:
    lines, sources = [], []
    if recipe.augments:
        lines.append("random = np.random.default_rng([SEED, 3, step])")
    if recipe.flip == "random":
        lines.append("changed = flip(changed, random.random(len(changed)) < 0.5)")
    elif recipe.flip == "alternating":
        lines += [
            "first = np.random.default_rng([SEED, 4]).random(len(labels)) < 0.5",
            "changed = flip(changed, first[chosen] ^ bool(epoch % 2))",
        ]
    if recipe.flip != "none":
        sources.append(inspect.getsource(augmentation.flip))
    if recipe.shift_pixels:
        sources.append(inspect.getsource(augmentation.shift))
        lines.append(f"changed = shift(changed, {recipe.shift_pixels}, random)")
    if recipe.cutout_pixels:
        sources.append(f"BLANK = {augmentation.BLANK}\n\n\n{inspect.getsource(augmentation.cutout)}")
        lines.append(f"changed = cutout(changed, {recipe.cutout_pixels}, random)")
    body = "\n    ".join(["changed = images[chosen]", *lines])
    definitions = "\n\n".join(sources)
    return f'''
{definitions}

steps_per_epoch = math.ceil(len(train) / BATCH_SIZE)


def batch(step):
    """Return the images and labels of one step, counted from 0."""
    epoch, place = divmod(step, steps_per_epoch)
    order = np.random.default_rng([SEED, 2, epoch]).permutation(len(train))
    chosen = train[order[place * BATCH_SIZE :][:BATCH_SIZE]]
    {body}
    return np.ascontiguousarray(changed), labels[chosen].astype(np.int32)
'''


def _step(recipe: Recipe) -> str:
    if recipe.optimizer == "sgd":
        options = f"LEARNING_RATE, momentum={recipe.momentum}, nesterov={recipe.momentum > 0}"
        optimizer = f"keras.optimizers.SGD({options})"
    else:
        optimizer = "keras.optimizers.Adam(LEARNING_RATE)"
    decay = ""
    if recipe.weight_decay:
        decay = f"""
    for kernel in [v for v in learned if v.path.endswith("/kernel")]:
        kernel.assign(kernel * (1.0 - rate * {recipe.weight_decay}))"""
    smoothing = recipe.label_smoothing
    return f'''
optimizer = {optimizer}
{_learned(recipe)}
optimizer.build(learned)


@tf.function(reduce_retracing=True)
def train_step(pixels, target, rate):
    """Change the weights by one step; return the mean loss and the number of right answers."""
    with tf.GradientTape() as tape:
        logits = tf.cast(model(tf.cast(pixels, tf.float32) / 255.0, training=True), tf.float32)
        log_probabilities = tf.nn.log_softmax(logits)
        right = tf.gather(log_probabilities, target, batch_dims=1)
        loss = tf.reduce_mean(-{1 - smoothing!r} * right - {smoothing!r} * tf.reduce_mean(log_probabilities, axis=1))
    gradients = tape.gradient(loss, learned){_factors(recipe)}
    optimizer.learning_rate = rate
    optimizer.apply(gradients, learned){decay}
    return loss, tf.reduce_sum(tf.cast(tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), target), tf.int32))
{_lookahead(recipe)}'''


def _learned(recipe: Recipe) -> str:
    if not (recipe.whitening and recipe.keep_whitening):
        return "learned = model.trainable_variables"
    return """kept = next(layer.kernel for layer in model.layers if isinstance(layer, layers.Conv2D))
learned = [v for v in model.trainable_variables if v is not kept]"""


def _factors(recipe: Recipe) -> str:
    """Return the lines that multiply the gradients of the last layer and of normalization's shifts."""
    lines = ""
    if recipe.offset_rate != 1:
        lines += f"""
    gradients = [
        g * {recipe.offset_rate} if v.path.endswith("/beta") else g for g, v in zip(gradients, learned)
    ]"""
    if recipe.head_scale != 1:
        lines += f"""
    head = {{id(v) for v in model.layers[-1].trainable_variables}}
    gradients = [g * {recipe.head_scale**2} if id(v) in head else g for g, v in zip(gradients, learned)]"""
    return lines


def _lookahead(recipe: Recipe) -> str:
    if not (recipe.lookahead_steps and recipe.optimizer == "sgd"):
        return ""
    return f'''

slow = [tf.Variable(v) for v in learned]


@tf.function
def pull_back(part):
    """Let the slow copy of the weights follow them, and put it in their place; `part` of training is done."""
    kept = {0.95**recipe.lookahead_steps!r} * part**3
    for copy, variable in zip(slow, learned):
        copy.assign(copy + (1.0 - kept) * (variable - copy))
        variable.assign(copy)
'''


def _training(recipe: Recipe) -> str:
    pull = ""
    if recipe.lookahead_steps and recipe.optimizer == "sgd":
        pull = f"""
        if (step + 1) % {recipe.lookahead_steps} == 0:
            pull_back(np.float32((step + 1) / steps))"""
    if recipe.schedule == "constant":
        rate = "return LEARNING_RATE"
    elif recipe.schedule == "cosine":
        rate = "return LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * step / steps))"
    else:
        rate = f"""part = step / steps
    if part < {recipe.warmup}:
        return LEARNING_RATE * (0.1 + 0.9 * part / {recipe.warmup})
    return LEARNING_RATE * (1 - part) / {max(1 - recipe.warmup, 1e-9)}"""
    return f'''
steps = EPOCHS * steps_per_epoch


def rate_at(step):
    """Return the learning rate of one step, counted from 0."""
    {rate}


for epoch in range(EPOCHS):
    loss_sum, right = 0.0, 0
    for step in range(epoch * steps_per_epoch, (epoch + 1) * steps_per_epoch):
        pixels, target = batch(step)
        loss, correct = train_step(pixels, target, np.float32(rate_at(step))){pull}
        loss_sum += float(loss) * len(target)
        right += int(correct)
    logits = np.concatenate(
        [
            np.asarray(model(validation_images[start : start + 500].astype(np.float32) / 255, training=False))
            for start in range(0, len(validation_images), 500)
        ]
    )
    accuracy = float((logits.argmax(axis=1) == validation_labels).mean())
    print(
        f"epoch {{epoch + 1}}: loss {{loss_sum / len(train):.4f}}, accuracy {{right / len(train):.4f}}, "
        f"val_accuracy {{accuracy:.4f}}"
    )

model.save("network.keras")
'''
