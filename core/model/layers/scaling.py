"""What is done to pixels before the first layer."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from core.model.layers.base import Layer
from core.model.layers.call import KerasCall
from core.model.layers.effect import Effect, State

InputScaling = Literal["unit", "standard"]
"""Whether a network is fed pixels in 0..1, or first brings them to about zero mean and unit variance."""

STANDARD_MEAN, STANDARD_SPREAD = 0.47, 0.25
"""What "standard" scaling subtracts from and divides pixels in 0..1 by: about CIFAR-10's mean and spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescaling(Layer):
    """Bring pixels in 0..1 to about zero mean and unit variance; not chosen as a layer, but as the input's scaling."""

    keeps_shape: ClassVar[bool] = True
    pictured: ClassVar[bool] = False
    between: ClassVar[str | None] = "input scaling"

    def effect(self, state: State) -> Effect:
        return Effect(state, multiply_adds=prod(state.shape))

    def call(self, seed: int | None = None) -> KerasCall:
        scale, offset = 1 / STANDARD_SPREAD, -STANDARD_MEAN / STANDARD_SPREAD
        return KerasCall(kind=self.kind, positional=(scale,), named={"offset": offset})
