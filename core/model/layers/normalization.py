"""Normalization: over a batch, or within one image."""

from dataclasses import dataclass, field
from math import prod
from typing import ClassVar

from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State
from core.model.layers.settings import choice, decimal

SCALE = choice("scale", {True: "scale", False: "no scale"}, letters={False: "u"}, assumed=True, folds=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNormalization(Layer):
    """Bring every channel to zero mean and unit variance over the batch, then scale and shift it by learned numbers.

    Without `scale`, only the shift is learned.
    """

    letters: ClassVar[str] = "n"
    rank: ClassVar[int] = 30
    keeps_shape: ClassVar[bool] = True
    between: ClassVar[str | None] = "normalization"

    momentum: float = field(
        default=0.9, metadata=decimal("momentum", 0, 0.999, step=0.001, before="momentum", advice="0.9 is usual.")
    )
    scale: bool = field(default=True, metadata=SCALE)

    @property
    def label(self) -> str:
        return "BatchNorm"

    def effect(self, state: State) -> Effect:
        channels, each = state.shape[-1], 3 + self.scale
        return Effect(
            state,
            parameters=each * channels,
            frozen=2 * channels,  # running mean and variance
            formula=f"{each} x {channels:,}",
            multiply_adds=prod(state.shape),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNormalization(Layer):
    """Bring the channels at each place to zero mean and unit variance, then scale and shift each (Ba et al. 2016).

    It computes the same while training and afterwards, whatever else is in the batch. Without `scale`, only the shift
    is learned.
    """

    letters: ClassVar[str] = "ln"
    rank: ClassVar[int] = 31
    keeps_shape: ClassVar[bool] = True
    between: ClassVar[str | None] = "normalization"

    scale: bool = field(default=True, metadata=SCALE)

    @property
    def label(self) -> str:
        return "LayerNorm"

    def effect(self, state: State) -> Effect:
        channels, each = state.shape[-1], 1 + self.scale
        return Effect(
            state.mixed(channels) if len(state.shape) == 1 else state,  # a vector's numbers then depend on each other
            parameters=each * channels,
            formula=f"{each} x {channels:,}",
            multiply_adds=(2 + self.scale) * prod(state.shape),  # squares, what is taken off and divided by, the scale
        )
