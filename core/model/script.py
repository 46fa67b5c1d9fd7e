"""Writes an `Architecture` as Keras code that runs on its own. No TensorFlow needed to write it."""

from core.model.architecture import (
    STANDARD_MEAN,
    STANDARD_SPREAD,
    Activation,
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    MaxPooling2D,
    Residual,
    initial_seeds,
)


def keras_script(architecture: Architecture, *, seed: int | None = None) -> str:
    """Return a Python script that builds the network and prints its summary.

    Args:
        architecture: the network.
        seed: writes the seeds of the initial weights down, layer by layer; None leaves them to chance.

    Raises:
        ArchitectureError: the network cannot be built.
    """
    return (
        '"""A network built in Convscope: from pixels in 0..1, shape (32, 32, 3), to ten logits. Needs: keras, '
        'tensorflow."""\n\n'
        "import keras\nfrom keras import layers\n\n"
        f"{model_code(architecture, seed=seed)}\n"
        "model.summary()\n"
    )


def model_code(architecture: Architecture, *, seed: int | None = None, full_precision_head: bool = False) -> str:
    """Return the statements that make `model`; they need `keras` and `layers`.

    Args:
        architecture: the network.
        seed: of the initial weights; None leaves them to chance.
        full_precision_head: ask for float32 logits, where the policy is a mixed one.
    """
    writer = _Writer(architecture, seed, full_precision_head)
    if any(isinstance(layer, Residual) for layer in architecture.layers):
        return writer.functional()
    return writer.sequential()


class _Writer:
    def __init__(self, architecture: Architecture, seed: int | None, full_precision_head: bool) -> None:
        self._architecture = architecture
        self._names = iter(row.name for row in architecture.rows())
        self._seeds = initial_seeds(architecture, seed) if seed is not None else {}
        self._head = ', dtype="float32"' if full_precision_head else ""

    def sequential(self) -> str:
        lines = [f"keras.Input({self._architecture.input_shape})", *self._scaling()]
        lines += [self._call(layer) for layer in self._architecture.layers]
        return "model = keras.Sequential(\n    [\n" + "".join(f"        {line},\n" for line in lines) + "    ]\n)\n"

    def functional(self) -> str:
        lines = [f"image = x = keras.Input({self._architecture.input_shape})"]
        lines += [f"x = {call}(x)" for call in self._scaling()]
        for layer in self._architecture.layers:
            if isinstance(layer, Residual):
                lines.append("shortcut = x")
                lines += [f"x = {self._call(inner)}(x)" for inner in layer.layers]
                next(self._names)
                lines.append("x = layers.Add()([shortcut, x])")
            else:
                lines.append(f"x = {self._call(layer)}(x)")
        return "\n".join([*lines, "model = keras.Model(image, x)", ""])

    def _scaling(self) -> list[str]:
        if self._architecture.input_scaling == "unit":
            return []
        next(self._names)
        return [f"layers.Rescaling({1 / STANDARD_SPREAD!r}, offset={-STANDARD_MEAN / STANDARD_SPREAD!r})"]

    def _call(self, layer: Layer) -> str:
        name = next(self._names)
        options = self._options(layer, name)
        if layer is self._architecture.layers[-1] and self._head:
            options.append(self._head[2:])
        return f"layers.{type(layer).__name__}({', '.join(options)})"

    def _options(self, layer: Layer, name: str) -> list[str]:
        match layer:
            case Conv2D():
                optional: dict[str, tuple[object, object]] = {
                    "strides": (layer.strides, 1),
                    "padding": (layer.padding, "valid"),
                }
                return [str(layer.filters), str(layer.kernel_size), *_differing(optional), *self._weights(layer, name)]
            case MaxPooling2D() | AveragePooling2D():
                optional = {"strides": (layer.strides, None), "padding": (layer.padding, "valid")}
                return [str(layer.pool_size), *_differing(optional)]
            case BatchNormalization():
                return [f"momentum={layer.momentum}", *([] if layer.scale else ["scale=False"])]
            case Activation():
                return [f'"{layer.function}"']
            case Dropout():
                return [str(layer.rate), *([f"seed={self._seeds[name]}"] if self._seeds else [])]
            case Dense():
                return [str(layer.units), *self._weights(layer, name)]
            case _:
                return []

    def _weights(self, layer: Conv2D | Dense, name: str) -> list[str]:
        options = [f'activation="{layer.activation}"'] if layer.activation != "linear" else []
        if not layer.use_bias:
            options.append("use_bias=False")
        if self._seeds:
            options.append(f"kernel_initializer=keras.initializers.GlorotUniform({self._seeds[name]})")
        return options


def _differing(options: dict[str, tuple[object, object]]) -> list[str]:
    def written(value: object) -> str:
        return f'"{value}"' if isinstance(value, str) else repr(value)

    return [f"{name}={written(value)}" for name, (value, usual) in options.items() if value != usual]
