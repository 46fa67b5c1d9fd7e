"""What the builder shows of an architecture: the table's rows, and the volumes of the drawing."""

from collections.abc import Callable
from math import prod
from typing import Any

from core.charts.network_drawing import Volume
from core.model.architecture import (
    ACTIVATION_TITLES,
    Activation,
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Layer,
    LayerRow,
    MaxPooling2D,
    ReLU,
    Residual,
)

PRESETS: dict[str, Callable[[], Architecture]] = {
    "Tutorial": Architecture.tutorial,
    "Fast": lambda: Architecture.tutorial(input_scaling="standard"),
    "Residual": lambda: Architecture.from_text(
        "s-c16p-(c16pb-n-r-c16plb-n)-r-c32s2p-(c32pb-n-r-c32plb-n)-r-c64s2p-(c64pb-n-r-c64plb-n)-r-ga-d10l"
    ),
    "Strong": Architecture.strong,
}


def layer_table(architecture: Architecture) -> dict[str, Any]:
    """Return the layers, their rows as far as the stack can be built, what breaks it, and the totals.

    Args:
        architecture: any stack, also an impossible one.

    Returns:
        JSON types. `rows[i]` belongs to layer i and holds `inside`, one row per layer of a residual block's branch.
    """
    trace = architecture.trace()
    rows: list[dict[str, Any]] = [{"inside": []} for _ in architecture.layers]
    for row in trace.rows:
        if row.layer >= 0 and row.inside is None:
            rows[row.layer].update(_figures(row))
        elif row.layer >= 0:
            rows[row.layer]["inside"].append(_figures(row))
    error = trace.error
    return {
        "layers": architecture.to_json()["layers"],
        "rows": rows,
        "error": {"layer": error.layer, "message": with_signs(str(error))} if error else None,
        "totals": {
            "parameters": sum(row.parameters for row in trace.rows),
            "trainable": sum(row.trainable_parameters for row in trace.rows),
            "multiplyAdds": sum(row.multiply_adds for row in trace.rows),
            "memory": 4 * prod(architecture.input_shape) + sum(row.memory_bytes for row in trace.rows),
            "field": trace.rows[-1].receptive_field if trace.rows else 1,
        },
    }


def with_signs(text: str) -> str:
    """Write the plain x between numbers as the sign it stands for.

    >>> with_signs("3 x 3")
    '3 × 3'
    """
    return text.replace(" x ", " × ")


def _figures(row: LayerRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "shape": list(row.output_shape),
        "parameters": row.parameters,
        "formula": with_signs(row.formula),
        "multiplyAdds": row.multiply_adds,
        "memory": row.memory_bytes,
        "field": row.receptive_field,
    }


def volumes(architecture: Architecture) -> list[Volume]:
    """Return what the drawing shows: the input, then one volume for every layer that changes the shape.

    Layers that keep the shape (ReLU, normalization, dropout) become remarks at the volume before them.
    """
    shapes = {row.layer: row.output_shape for row in architecture.trace().rows if row.inside is None}
    learned = {row.layer for row in architecture.trace().rows if row.parameters}
    drawn = [Volume(title="Input", shape=architecture.input_shape, layer=-1)]
    for position, layer in enumerate(architecture.layers):
        if position not in shapes:
            break
        title, window = _title(layer)
        if title:
            drawn.append(
                Volume(
                    title=title,
                    shape=shapes[position],
                    layer=position,
                    window=window,
                    learned=position in learned,
                    remarks=_activation(layer),
                    skips=isinstance(layer, Residual),
                )
            )
        else:
            last = drawn[-1]
            drawn[-1] = Volume(
                title=last.title,
                shape=last.shape,
                layer=last.layer,
                window=last.window,
                learned=last.learned,
                remarks=(*last.remarks, _remark(layer)),
                skips=last.skips,
            )
    return drawn


def _title(layer: Layer) -> tuple[str, tuple[int, int] | None]:
    """The drawing's label and the sliding window; no label for a layer that keeps the shape."""
    match layer:
        case Conv2D(kernel_size=size):
            return f"Conv {size} × {size}", (size, size)
        case MaxPooling2D(pool_size=size):
            return f"Max {size} × {size}", (size, size)
        case AveragePooling2D(pool_size=size):
            return f"Mean {size} × {size}", (size, size)
        case Flatten():
            return "Flatten", None
        case GlobalAveragePooling2D():
            return "Global mean", None
        case GlobalMaxPooling2D():
            return "Global max", None
        case Dense():
            return "Dense", None
        case Residual():
            return "Residual", None
        case _:
            return "", None


def _activation(layer: Layer) -> tuple[str, ...]:
    if isinstance(layer, Conv2D | Dense) and layer.activation != "linear":
        return (ACTIVATION_TITLES[layer.activation],)
    return ()


def _remark(layer: Layer) -> str:
    match layer:
        case BatchNormalization():
            return "BatchNorm"
        case Dropout(rate=rate):
            return f"Dropout {100 * rate:.0f} %"
        case ReLU():
            return "ReLU"
        case Activation(function=function):
            return ACTIVATION_TITLES[function]
        case _:
            return type(layer).__name__
