"""A network as the list of its layers as Keras counts them, each with its name and what flows into it. No TensorFlow.

Residual blocks are taken apart here, and only here: whoever follows an image through a network, builds it or writes it
as code goes through these steps.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.layers.base import Layer, keras_name
from core.model.layers.residual import Add, Residual
from core.model.layers.scaling import InputScaling, Rescaling


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One layer of Keras.

    Attributes:
        name: Keras' name of the layer, for example "conv2d_1".
        layer: what it is.
        inputs: what flows in: 0 is the image, n what the n-th step hands on; the shortcut before the branch.
        position: which of the network's layers it belongs to; -1 for the input scaling.
        inside: position within a residual block's branch; None outside of one.
    """

    name: str
    layer: Layer
    inputs: tuple[int, ...]
    position: int
    inside: int | None = None


def steps(layers: Sequence[Layer], input_scaling: InputScaling) -> tuple[Step, ...]:
    """Return the steps in order of Keras' `model.summary()`; the last one's output is the network's."""
    found: list[Step] = []
    counts: Counter[str] = Counter()

    def add(layer: Layer, inputs: tuple[int, ...], position: int, inside: int | None = None) -> int:
        number = counts[layer.kind]
        counts[layer.kind] += 1
        name = keras_name(layer.kind) + (f"_{number}" if number else "")
        found.append(Step(name=name, layer=layer, inputs=inputs, position=position, inside=inside))
        return len(found)

    value = add(Rescaling(), (0,), -1) if input_scaling == "standard" else 0
    for position, layer in enumerate(layers):
        if isinstance(layer, Residual):
            shortcut = value
            for inside, inner in enumerate(layer.layers):
                value = add(inner, (value,), position, inside)
            value = add(Add(), (shortcut, value), position)
        else:
            value = add(layer, (value,), position)
    return tuple(found)
