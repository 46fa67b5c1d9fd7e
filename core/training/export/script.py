"""A run as a script that repeats it with Keras alone: Convscope's own functions, with a frame around them."""

import sys

from core.data import registry
from core.model.script import model_code
from core.training.export.embedding import Embedding
from core.training.run_config import RunConfig
from core.training.runs import Run

_CHOOSE, _START = ("core.training.data", "choose"), ("core.training.start", "set_start")
_STEPS = (
    ("core.training.batches", "batch_at"),
    ("core.training.schedules", "rate_at"),
    ("core.training.step", "with_optimizer"),
    ("core.training.step", "compiled_step"),
)
"""Where what every script embeds stands: what it trains by."""


def as_script(run: Run) -> str:
    """Return a Python script that repeats the run with Keras alone: same initial weights, same batches."""
    return script_of(run.config)


def script_of(config: RunConfig) -> str:
    """Return the script of `as_script` for a run that is still to be made."""
    taken = Embedding(config.recipe)
    taken.reads(_TRAINING)
    parts = [
        _data(config, taken),
        _division(config, taken),
        _network(config, taken),
        f"\n{taken.take(*_STEPS)}",
        _TRAINING,
    ]
    return "\n\n".join([_head(config, taken), *parts])


def _head(config: RunConfig, taken: Embedding) -> str:
    packages = ", ".join(("keras", "tensorflow", "numpy", *registry.row(config.dataset).about.source.packages))
    made = ", ".join(f"{name} {number}" for name, number in config.versions.items())
    note = f" Its own figures were made {config.data_note}." if config.data_note else ""
    policy = ""
    if config.recipe.half:
        policy = f'\nkeras.mixed_precision.set_global_policy("{config.recipe.precision}")\n'
    return f'''"""Repeats the run "{_plain(config.title)}" of Convscope.{note}

Same initial weights, same batches. The last digits are rounded otherwise, and training magnifies that: figures on the
way may differ.

Needs: {packages}.
Made with {made or "unknown versions"}.
"""

{_imports(config, taken)}
{policy}
SEED = {config.seed}


{taken.settings}


recipe = Recipe()'''


def _imports(config: RunConfig, taken: Embedding) -> str:
    """Return the import statements: the standard library's, then the others'."""
    wanted = {*taken.imports, "import keras", "import numpy as np", "from keras import layers"}
    wanted |= set(registry.row(config.dataset).about.source.imports)
    own = {line for line in wanted if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
    groups = [sorted(group, key=lambda line: (line.startswith("from"), line.lower())) for group in (own, wanted - own)]
    return "\n\n".join("\n".join(group) for group in groups if group)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in '"\\')


def _data(config: RunConfig, taken: Embedding) -> str:
    source = registry.row(config.dataset).about.source
    functions = taken.take(*source.functions)
    return f"\n{functions}\n\n\n{source.code}" if functions else source.code


def _division(config: RunConfig, taken: Embedding) -> str:
    recipe = config.recipe
    part = recipe.held_out if recipe.validation == "held-out" else 0.0
    if part == 0 and recipe.training_images is None:
        return "train = np.arange(len(images))\nvalidation_images, validation_labels = test_images, test_labels"
    validation = "images[held_out], labels[held_out]" if recipe.validation == "held-out" else "test_images, test_labels"
    return f"""
{taken.take(_CHOOSE)}


train, held_out = choose(labels, {part}, {recipe.training_images}, SEED)
validation_images, validation_labels = {validation}"""


def _network(config: RunConfig, taken: Embedding) -> str:
    recipe = config.recipe
    code = model_code(config.architecture, seed=config.seed, full_precision_head=recipe.half)
    if recipe.whitening or recipe.identity_start or recipe.head_scale != 1:
        start = taken.take(_START)
        code += f"\n\n{start}\n\n\nset_start(model, recipe, images, train)\n"
    return code + "model.summary()"


_TRAINING = """
steps_per_epoch = -(-len(train) // recipe.batch_size)
steps = recipe.epochs * steps_per_epoch
with_optimizer(model, recipe, steps)
train_step = compiled_step(model, recipe, lambda pixels: model(pixels, training=True))

for epoch in range(recipe.epochs):
    loss_sum, right = 0.0, 0.0
    for step in range(epoch * steps_per_epoch, (epoch + 1) * steps_per_epoch):
        pixels, target = batch_at(step, recipe, images, labels.astype(np.int32), train, SEED)
        loss, accuracy = train_step(pixels, target, np.float32(rate_at(recipe, step, steps)))
        loss_sum += float(loss) * len(target)
        right += float(accuracy) * len(target)
    logits = np.concatenate(
        [
            np.asarray(model(validation_images[start : start + 500].astype(np.float32) / 255, training=False))
            for start in range(0, len(validation_images), 500)
        ]
    )
    val_accuracy = float((logits.argmax(axis=1) == validation_labels).mean())
    print(
        f"epoch {epoch + 1}: loss {loss_sum / len(train):.4f}, accuracy {right / len(train):.4f}, "
        f"val_accuracy {val_accuracy:.4f}"
    )

model.save("network.keras")
"""
