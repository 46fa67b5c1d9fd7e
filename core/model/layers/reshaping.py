"""From feature maps to a vector: all their numbers, or one number a map."""

from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

from core.model.layers.base import Layer
from core.model.layers.effect import Effect, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten(Layer):
    """Write all feature maps into one long vector."""

    letters: ClassVar[str] = "f"
    rank: ClassVar[int] = 60

    def effect(self, state: State) -> Effect:
        return Effect(replace(state, shape=(prod(state.shape),)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _GlobalPooling2D(Layer):
    """What both kinds have in common."""

    word: ClassVar[str]

    @property
    def label(self) -> str:
        return f"Global {self.word}"

    def effect(self, state: State) -> Effect:
        state.need_maps(self.kind)
        return Effect(state.mixed(state.shape[-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalAveragePooling2D(_GlobalPooling2D):
    """One number per feature map: its mean."""

    letters: ClassVar[str] = "ga"
    rank: ClassVar[int] = 61
    word: ClassVar[str] = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalMaxPooling2D(_GlobalPooling2D):
    """One number per feature map: its largest value."""

    letters: ClassVar[str] = "gm"
    rank: ClassVar[int] = 62
    word: ClassVar[str] = "max"
