"""What the drawing of a network shows: the input, and a volume for every layer that changes the shape."""

from dataclasses import replace

from core.charts.network_drawing import Volume
from core.config import IMAGE_SHAPE
from core.model.layers import Layer
from core.model.layers.activations import ACTIVATION_TITLES
from core.model.layers.effect import Shape
from core.model.layers.residual import Residual
from core.model.structure.architecture import Architecture


def volumes(architecture: Architecture) -> list[Volume]:
    """Return what the drawing shows: the input, then one volume for every layer that changes the shape.

    Layers that keep the shape (ReLU, normalization, dropout) become remarks at the volume before them.
    """
    rows = architecture.trace().rows
    shapes = {row.position: row.output_shape for row in rows if row.inside is None}
    learned = {row.position for row in rows if row.parameters}
    drawn = [Volume(title="Input", shape=IMAGE_SHAPE, layer=-1)]
    for position, layer in enumerate(architecture.layers):
        if position not in shapes:
            break
        if layer.keeps_shape:
            drawn[-1] = replace(drawn[-1], remarks=(*drawn[-1].remarks, layer.label))
        else:
            drawn.append(_volume(layer, position, shapes[position], learned=position in learned))
    return drawn


def _volume(layer: Layer, position: int, shape: Shape, *, learned: bool) -> Volume:
    activation = layer.activation_inside
    return Volume(
        title=layer.label,
        shape=shape,
        layer=position,
        window=(layer.window, layer.window) if layer.window else None,
        learned=learned,
        remarks=(ACTIVATION_TITLES[activation],) if activation else (),
        skips=isinstance(layer, Residual),
    )
