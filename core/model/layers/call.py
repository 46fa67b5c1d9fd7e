"""The call that makes a Keras layer: made here, or written into a script. One description, so that both agree."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, slots=True)
class Glorot:
    """The random start of a layer's weights: uniform within bounds that keep the signal's strength (Glorot 2010)."""

    seed: int

    def __str__(self) -> str:
        return f"keras.initializers.GlorotUniform({self.seed})"


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasCall:
    """`layers.Kind(*positional, **named)`.

    Attributes:
        kind: name of a class in `keras.layers`.
        positional, named: numbers, texts, truth values, or a `Glorot`.
    """

    kind: str
    positional: tuple[object, ...] = ()
    named: dict[str, object]

    def make(self, **more: Any) -> "keras.layers.Layer":
        """Return the new Keras layer; `more` are further arguments, for example its name."""
        import keras

        named = {name: _made(value) for name, value in self.named.items()}
        return getattr(keras.layers, self.kind)(*self.positional, **named, **more)

    def without(self, name: str) -> "KerasCall":
        """Return the call without a named argument, for which Keras then assumes what it does."""
        return replace(self, named={each: value for each, value in self.named.items() if each != name})

    def code(self, **more: object) -> str:
        """Return the call as code that needs `keras` and `layers`; `more` are further arguments."""
        arguments = [_written(value) for value in self.positional]
        arguments += [f"{name}={_written(value)}" for name, value in (self.named | more).items()]
        return f"layers.{self.kind}({', '.join(arguments)})"


def _made(value: object) -> object:
    import keras

    return keras.initializers.GlorotUniform(seed=value.seed) if isinstance(value, Glorot) else value


def _written(value: object) -> str:
    return str(value) if isinstance(value, Glorot) else json.dumps(value) if isinstance(value, str) else repr(value)
