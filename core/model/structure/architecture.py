"""A network as plain data: which layers, in which order, what they cost. No TensorFlow.

An `Architecture` is a tuple of layers (`core.model.layers`). It knows what every layer costs and at which layer an
impossible stack breaks (`trace.py`), and travels as JSON (in a run's `config.json`) or as a short text (in a URL,
`text.py`). `core.model.construction.network` builds it in Keras.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from core.config import IMAGE_SHAPE
from core.errors import ArchitectureError, TooLargeError
from core.model.layers import Layer, layer_from_json
from core.model.layers.activations import Activation
from core.model.layers.convolution import Conv2D
from core.model.layers.dense import Dense
from core.model.layers.normalization import BatchNormalization
from core.model.layers.pooling import MaxPooling2D
from core.model.layers.reshaping import Flatten, GlobalMaxPooling2D
from core.model.layers.residual import Residual
from core.model.layers.scaling import InputScaling
from core.model.structure import text as texts
from core.model.structure.steps import Step, steps
from core.model.structure.trace import LayerRow, Trace, logits, trace

CLASSES = 10
"""Of the tutorial's data, CIFAR-10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A stack of layers from pixels in 0..1 to logits, one for each class.

    Attributes:
        layers: from the image to the logits.
        input_scaling: "unit" feeds pixels in 0..1; "standard" first brings them to about zero mean, unit variance.

    Example:
        >>> Architecture.tutorial().parameter_count
        94890
    """

    layers: tuple[Layer, ...]
    input_scaling: InputScaling = "unit"

    def __post_init__(self) -> None:
        if self.input_scaling not in get_args(InputScaling):
            raise ArchitectureError(
                f"Expected the input scaling of the network to be one of {', '.join(get_args(InputScaling))}. "
                f"Received {self.input_scaling!r}. Choose one of them."
            )

    @classmethod
    def tutorial(cls, *, classes: int = CLASSES, input_scaling: InputScaling = "unit") -> "Architecture":
        """Return the tutorial's network: three convolutions, two poolings, two dense layers, 94,890 parameters.

        With other `classes` than ten its last layer has as many units, 65 parameters each.
        """
        layers = (
            Conv2D(filters=32),
            MaxPooling2D(),
            Conv2D(filters=32),
            MaxPooling2D(),
            Conv2D(filters=64),
            Flatten(),
            Dense(units=64),
            Dense(units=classes, activation="linear"),
        )
        return cls(layers=layers, input_scaling=input_scaling)

    @classmethod
    def strong(cls) -> "Architecture":
        """Return a lean residual network of ten convolutions, under two million parameters.

        The plan is that of Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU": 2 x 2 kernels first, then
        three blocks that halve the maps early; each block ends in a residual branch, as in its 96 % network.
        """
        normalization, activation = BatchNormalization(momentum=0.6, scale=False), Activation(function="silu")
        layers: list[Layer] = [Conv2D(filters=24, kernel_size=2, activation="silu")]
        for filters in (64, 128, 256):
            convolution = Conv2D(filters=filters, padding="same", activation="linear", use_bias=False)
            branch = Residual(layers=(convolution, normalization, activation, convolution, normalization))
            layers += [convolution, MaxPooling2D(), normalization, activation, branch, activation]
        layers += [GlobalMaxPooling2D(), Dense(units=CLASSES, activation="linear", use_bias=False)]
        return cls(layers=tuple(layers), input_scaling="standard")

    @classmethod
    def airbench(cls) -> "Architecture":
        """Return a network of seven convolutions and two million parameters that learns in few epochs.

        It is "airbench94" of Jordan 2024, "94% on CIFAR-10 in 3.29 seconds on a single GPU", with SiLU for GELU: 2 x 2
        kernels first, then three blocks of two convolutions that halve the maps early; normalization learns offsets
        only.
        """
        normalized = (BatchNormalization(momentum=0.6, scale=False), Activation(function="silu"))
        layers: list[Layer] = [Conv2D(filters=24, kernel_size=2, activation="silu")]
        for filters in (64, 256, 256):
            convolution = Conv2D(filters=filters, padding="same", activation="linear", use_bias=False)
            layers += [convolution, MaxPooling2D(), *normalized, convolution, *normalized]
        layers += [GlobalMaxPooling2D(), Dense(units=CLASSES, activation="linear", use_bias=False)]
        return cls(layers=tuple(layers), input_scaling="standard")

    @property
    def classes(self) -> int:
        """The number of classes it tells apart: that of its logits; 0 where its last layer gives none."""
        return logits(self.layers[-1]) if self.layers else 0

    def with_classes(self, classes: int) -> "Architecture":
        """Return the same network with so many logits; a stack that ends in none stays as it is.

        Example:
            >>> Architecture.tutorial().with_classes(3).to_text()
            'u-c32-m2-c32-m2-c64-f-d64-d3l'
        """
        if not self.classes:
            return self
        *layers, last = self.layers
        return replace(self, layers=(*layers, replace(cast(Dense, last), units=classes)))

    def steps(self) -> tuple[Step, ...]:
        """Return its layers as Keras counts them, of a stack that cannot be built, too."""
        return steps(self.layers, self.input_scaling)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its layers in order, those of residual branches too; of a stack that cannot be built, too."""
        return tuple(step.layer.kind for step in self.steps() if step.position >= 0)

    def trace(self, classes: int | None = None, *, side: int = IMAGE_SHAPE[0]) -> Trace:
        """Follow one image through the stack as far as it goes; never raises.

        Args:
            classes: how many it has to tell apart; None for any number that data may have.
            side: of the image, in pixels; smaller than whole ones where training crops them.
        """
        return trace(self.layers, self.input_scaling, classes, (side, side, IMAGE_SHAPE[2]))

    def rows(self) -> list[LayerRow]:
        """Return the layer table, of a network that is too large for a new run too: earlier runs may be.

        Raises:
            ArchitectureError: the stack cannot be built; its `layer` says where it breaks.
        """
        found = self.trace()
        if found.error is not None and not isinstance(found.error, TooLargeError):
            raise found.error
        return list(found.rows)

    def check(self, classes: int | None = None) -> None:
        """Make sure that a new run may have this network.

        Args:
            classes: how many it has to tell apart; None for any number that data may have.

        Raises:
            ArchitectureError: the stack cannot be built; its `layer` says where it breaks.
            TooLargeError: it could be built, but its layers' outputs fill too much memory.
        """
        if error := self.trace(classes).error:
            raise error

    def takes(self, side: int) -> bool:
        """Whether it computes logits of images of `side` x `side` pixels with the weights it has for whole ones."""
        smaller = self.trace(side=side)
        same = [row.parameters for row in smaller.rows] == [row.parameters for row in self.trace().rows]
        return same and (smaller.error is None or isinstance(smaller.error, TooLargeError))

    @property
    def parameter_count(self) -> int:
        """The number of parameters of all layers."""
        return sum(row.parameters for row in self.rows())

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds one image costs."""
        return sum(row.multiply_adds for row in self.rows())

    @property
    def activation_bytes(self) -> int:
        """The float32 size of all layers' outputs for one image."""
        return sum(row.memory_bytes for row in self.rows())

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types that `from_json` understands."""
        return {"input_scaling": self.input_scaling, "layers": [layer.to_json() for layer in self.layers]}

    @classmethod
    def from_json(cls, value: dict[str, Any] | str) -> "Architecture":
        """Build from `to_json`'s dict, or from its text.

        Raises:
            ArchitectureError: it does not describe a network.
        """
        try:
            data = json.loads(value) if isinstance(value, str) else value
            layers = tuple(layer_from_json(layer) for layer in data["layers"])
            return cls(layers=layers, input_scaling=data.get("input_scaling", "unit"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ArchitectureError(
                f"Expected a network as Convscope saves it. Received something else ({error}). Build it anew."
            ) from error

    def to_text(self) -> str:
        """Return the network in a few characters that need no quoting in a URL.

        Example:
            >>> Architecture.tutorial().to_text()
            'u-c32-m2-c32-m2-c64-f-d64-d10l'
        """
        return texts.to_text(self.layers, self.input_scaling)

    @classmethod
    def from_text(cls, text: str) -> "Architecture":
        """Build from `to_text`'s text.

        Raises:
            ArchitectureError: a piece of the text is no layer; its `layer` says which.
        """
        layers, input_scaling = texts.from_text(text)
        return cls(layers=layers, input_scaling=input_scaling)
