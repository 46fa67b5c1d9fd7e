"""A run as a script that repeats it with Keras alone: Convscope's own functions, with a frame around them."""

from core.data import registry
from core.model.structure.script import model_code
from core.training.export.embedding import Embedding
from core.training.export.loading import grouped
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig

_REPEAT = ("core.training.export.repeat", "repeat")
"""Where what every script embeds stands: what it trains by."""

_USABLE = ("core.model.construction.processor", "usable")
"""Where what tells whether a processor computes at half precision stands; one that does not may take a day."""


def as_script(run: Run) -> str:
    """Return a Python script that repeats the run with Keras alone: same initial weights, same batches."""
    return script_of(run.config)


def script_of(config: RunConfig) -> str:
    """Return the script of `as_script` for a run that is still to be made."""
    taken = Embedding(config.recipe)
    precision = _precision(taken) if config.recipe.half else ""
    model = precision + model_code(config.architecture, seed=config.seed, full_precision_head=config.recipe.half)
    call = "\nrepeat(model, Recipe(), SEED, images, labels, test_images, test_labels)\n"
    parts = [_data(config, taken), f"{model}model.summary()", f"\n{taken.take(_REPEAT)}", call]
    return "\n\n".join([_head(config, taken), *parts])


def _head(config: RunConfig, taken: Embedding) -> str:
    source = registry.row(config.dataset).about.source
    packages = ", ".join(("keras", "tensorflow", "numpy", *source.packages))
    made = ", ".join(f"{name} {number}" for name, number in config.versions.items())
    note = f" Its own figures were made {config.data_note}." if config.data_note else ""
    imports = grouped({*taken.imports, *source.imports, "from keras import layers"})
    return f'''"""Repeats the run "{_plain(config.title)}" of Convscope.{note}

Same initial weights, same batches. The last digits are rounded otherwise, and training magnifies that: figures on the
way may differ.

Needs: {packages}.
Made with {made or "unknown versions"}.
"""

{imports}

SEED = {config.seed}


{taken.settings}'''


def _precision(taken: Embedding) -> str:
    return f'{taken.take(_USABLE)}\n\n\nkeras.mixed_precision.set_global_policy(usable("mixed_bfloat16"))\n\n'


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in '"\\')


def _data(config: RunConfig, taken: Embedding) -> str:
    source = registry.row(config.dataset).about.source
    functions = taken.take(*source.functions)
    return f"\n{functions}\n\n\n{source.code}" if functions else source.code
