"""Writes an `Architecture` as a short Keras program that anyone can run."""

from collections.abc import Iterator

from core.model.architecture import (
    STANDARD_MEAN,
    STANDARD_SPREAD,
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPooling2D,
    Residual,
)


def keras_code(architecture: Architecture) -> str:
    """Return a Python program that builds the network with plain Keras and prints its summary.

    Args:
        architecture: a stack that can be built.

    Returns:
        The program; running it leaves the model in `model`, from pixels in 0..1 to ten logits.

    Raises:
        ArchitectureError: the stack cannot be built.
    """
    count = architecture.parameter_count
    lines = [f'"""A network of {count:,} parameters, exported from Convscope. Needs: pip install tensorflow"""', ""]
    lines += ["import keras", "from keras import layers", ""]
    lines += [f"image = keras.Input({architecture.input_shape})  # pixels in 0..1", "x = image"]
    if architecture.input_scaling == "standard":
        lines.append(f"x = layers.Rescaling({1 / STANDARD_SPREAD!r}, {-STANDARD_MEAN / STANDARD_SPREAD!r})(x)")
    lines += _calls(architecture.layers)
    lines += ["model = keras.Model(image, x)", 'print(f"{model.count_params():,} parameters")', "model.summary()", ""]
    return "\n".join(lines)


def _calls(layers: tuple[Layer, ...]) -> Iterator[str]:
    for layer in layers:
        if isinstance(layer, Residual):
            yield "shortcut = x"
            yield from _calls(layer.layers)
            yield "x = layers.Add()([shortcut, x])"
        else:
            yield f"x = layers.{type(layer).__name__}({_arguments(layer)})(x)"


def _arguments(layer: Layer) -> str:
    """The arguments that differ from Keras' own defaults."""
    match layer:
        case Conv2D():
            parts = [f"{layer.filters}, {layer.kernel_size}"]
            parts += [f"strides={layer.strides}"] if layer.strides != 1 else []
            parts += _common(layer)
        case MaxPooling2D() | AveragePooling2D():
            parts = [f"{layer.pool_size}"]
            parts += [f"strides={layer.strides}"] if layer.strides else []
            parts += ['padding="same"'] if layer.padding == "same" else []
        case Dense():
            parts = [f"{layer.units}", *_common(layer)]
        case BatchNormalization():
            parts = [f"momentum={layer.momentum:g}"]
        case Dropout():
            parts = [f"{layer.rate:g}"]
        case _:
            parts = []
    return ", ".join(parts)


def _common(layer: Conv2D | Dense) -> list[str]:
    parts = ['padding="same"'] if isinstance(layer, Conv2D) and layer.padding == "same" else []
    parts += ['activation="relu"'] if layer.activation == "relu" else []
    return parts + ([] if layer.use_bias else ["use_bias=False"])
