"""Pooling: windows slide over each feature map, one number out of each."""

from dataclasses import dataclass, field
from typing import ClassVar

from core.model.layers.base import Layer, Role
from core.model.layers.effect import Effect, Padding, State
from core.model.layers.settings import padding, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pooling2D(Layer):
    """What both kinds have in common; without a stride of its own, a window steps by its side."""

    role: ClassVar[Role] = "pooling"
    separate: ClassVar[bool] = True
    word: ClassVar[str]

    pool_size: int = field(default=2, metadata=whole("pool size", 1, 32, square=True, bare=True, spelled=True))
    strides: int | None = field(
        default=None,
        metadata=whole("strides", 1, 32, letter="s", before="stride", follows="pool_size", assumed=None, folds=True),
    )
    padding: Padding = field(default="valid", metadata=padding())

    @property
    def label(self) -> str:
        return f"{self.word} {self.pool_size} × {self.pool_size}"

    @property
    def window(self) -> int:
        return self.pool_size

    def effect(self, state: State) -> Effect:
        return Effect(
            state.slid(
                self.kind,
                window=self.pool_size,
                strides=self.strides or self.pool_size,
                padding=self.padding,
                channels=state.shape[-1],
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPooling2D(_Pooling2D):
    """Keep the largest value of every window."""

    letters: ClassVar[str] = "m"
    rank: ClassVar[int] = 20
    word: ClassVar[str] = "Max"


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePooling2D(_Pooling2D):
    """Replace every window by its mean."""

    letters: ClassVar[str] = "a"
    rank: ClassVar[int] = 21
    word: ClassVar[str] = "Mean"
