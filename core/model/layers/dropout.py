"""Dropout: training with a random part of the values missing (Srivastava et al. 2014)."""

from dataclasses import dataclass, field
from typing import ClassVar

from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State
from core.model.layers.settings import decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(Layer):
    """While training, set a random part of the values to zero; `rate` is that part, 0..1."""

    letters: ClassVar[str] = "o"
    rank: ClassVar[int] = 50
    draws: ClassVar[str] = "seed"
    keeps_shape: ClassVar[bool] = True
    pictured: ClassVar[bool] = False
    between: ClassVar[str | None] = ""  # once training is over, it passes everything on

    rate: float = field(
        default=0.25,
        metadata=decimal(
            "rate", 0, 0.95, step=0.01, before="rate", advice="0.25 drops a quarter.", bare=True, spelled=True
        ),
    )

    @property
    def label(self) -> str:
        return f"Dropout {100 * self.rate:.0f} %"

    def effect(self, state: State) -> Effect:
        return Effect(state)
