"""Writes an `Architecture` as Keras code that runs on its own. No TensorFlow needed to write it."""

from core.config import IMAGE_SHAPE
from core.model.structure.architecture import Architecture
from core.model.structure.seeds import initial_seeds


def keras_script(architecture: Architecture) -> str:
    """Return a Python script that builds the network, its initial weights left to chance, and prints its summary.

    Raises:
        ArchitectureError: the network cannot be built.
    """
    return (
        '"""A network built in Convscope: from pixels in 0..1, shape (32, 32, 3), to '
        f'{architecture.classes} logits. Needs: keras, tensorflow."""\n\n'
        "import keras\nfrom keras import layers\n\n"
        f"{model_code(architecture)}\n"
        "model.summary()\n"
    )


def model_code(architecture: Architecture, *, seed: int | None = None, full_precision_head: bool = False) -> str:
    """Return the statements that make `model`; they need `keras` and `layers`.

    Args:
        architecture: the network.
        seed: of the initial weights; None leaves them to chance.
        full_precision_head: ask for float32 logits, where the policy is a mixed one.

    Raises:
        ArchitectureError: the network cannot be built.
    """
    architecture.rows()  # refuses what cannot be built
    seeds = initial_seeds(architecture, seed) if seed is not None else {}
    steps = architecture.steps()
    calls = []
    for step in steps:
        more = {"dtype": "float32"} if full_precision_head and step is steps[-1] else {}
        calls.append(step.layer.call(seeds.get(step.name)).code(**more))
    if all(len(step.inputs) == 1 for step in steps):
        lines = [f"keras.Input({IMAGE_SHAPE})", *calls]
        return "model = keras.Sequential(\n    [\n" + "".join(f"        {line},\n" for line in lines) + "    ]\n)\n"
    lines = [f"image = x = keras.Input({IMAGE_SHAPE})"]
    for step, call in zip(steps, calls, strict=True):
        if step.inside == 0:
            lines.append("shortcut = x")
        lines.append(f"x = {call}({'x' if len(step.inputs) == 1 else '[shortcut, x]'})")
    return "\n".join([*lines, "model = keras.Model(image, x)", ""])
