"""What the drawing of a network shows: the input, and a volume for every layer that changes the shape."""

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
    MaxPooling2D,
    ReLU,
    Residual,
)


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
