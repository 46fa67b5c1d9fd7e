"""The dense layer."""

from dataclasses import dataclass, field
from typing import ClassVar

from core.model.layers.activations import ACTIVATION, ActivationName
from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State
from core.model.layers.settings import BIAS, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense(Layer):
    """Every output is a weighted sum of all inputs, plus a bias."""

    letters: ClassVar[str] = "d"
    rank: ClassVar[int] = 70
    draws: ClassVar[str] = "kernel_initializer"

    units: int = field(metadata=whole("units", 1, 1024, after="units", fresh=64, bare=True))
    activation: ActivationName = field(default="relu", metadata=ACTIVATION)
    use_bias: bool = field(default=True, metadata=BIAS)

    def effect(self, state: State) -> Effect:
        state.need_vector(self.kind)
        inputs = state.shape[0]
        return Effect(
            state.mixed(self.units),
            parameters=(inputs + self.use_bias) * self.units,
            formula=f"({inputs:,} + 1) x {self.units:,}" if self.use_bias else f"{inputs:,} x {self.units:,}",
            multiply_adds=inputs * self.units,
        )
