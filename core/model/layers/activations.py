"""Activation functions: inside other layers, and as layers of their own."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State
from core.model.layers.settings import choice

ActivationName = Literal["relu", "gelu", "silu", "linear"]
SmoothActivation = Literal["gelu", "silu"]

ACTIVATION_TITLES = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "linear": "linear"}
_SMOOTH = {name: ACTIVATION_TITLES[name] for name in ("gelu", "silu")}
_LETTERS = {"gelu": "g", "silu": "w", "linear": "l"}

ACTIVATION = choice("activation", ACTIVATION_TITLES, letters=_LETTERS, assumed="linear")
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

    function: SmoothActivation = field(
        default="gelu", metadata=choice("function", _SMOOTH, letters=_LETTERS, bare=True)
    )

    @property
    def label(self) -> str:
        return ACTIVATION_TITLES[self.function]

    def effect(self, state: State) -> Effect:
        return Effect(state)
