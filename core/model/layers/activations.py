"""Activation functions: inside other layers, and as layers of their own."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State
from core.model.layers.settings import Option, choice

ActivationName = Literal["relu", "gelu", "silu", "linear"]
SmoothActivation = Literal["gelu", "silu"]

ACTIVATION_TITLES = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "linear": "linear"}

_SMOOTH = tuple(Option(name, ACTIVATION_TITLES[name], letter) for name, letter in (("gelu", "g"), ("silu", "w")))

ACTIVATION = choice(
    "activation",
    Option("relu", ACTIVATION_TITLES["relu"]),
    *_SMOOTH,
    Option("linear", ACTIVATION_TITLES["linear"], "l"),
    assumed="linear",
)
"""The activation function within a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReLU(Layer):
    """Replace negative values by zero."""

    letters: ClassVar[str] = "r"
    rank: ClassVar[int] = 40
    keeps_shape: ClassVar[bool] = True

    def effect(self, state: State) -> Effect:
        return Effect(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Layer):
    """A smooth relative of ReLU on its own: GELU (Hendrycks and Gimpel 2016) or SiLU (Elfwing et al. 2018)."""

    letters: ClassVar[str] = "t"
    rank: ClassVar[int] = 41
    keeps_shape: ClassVar[bool] = True

    function: SmoothActivation = field(default="gelu", metadata=choice("function", *_SMOOTH, bare=True))

    @property
    def label(self) -> str:
        return ACTIVATION_TITLES[self.function]

    def effect(self, state: State) -> Effect:
        return Effect(state)
