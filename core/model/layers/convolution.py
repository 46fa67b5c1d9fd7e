"""Convolutions: kernels of learned weights slide over feature maps."""

from dataclasses import dataclass, field
from math import prod
from typing import ClassVar

from core.model.layers.activations import ACTIVATION, ActivationName
from core.model.layers.base import Layer, Role
from core.model.layers.effect import Effect, Padding, State
from core.model.layers.settings import BIAS, padding, whole

_STRIDES = whole("strides", 1, 8, letter="s", before="stride", assumed=1, folds=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv2D(Layer):
    """Square kernels slide over the feature maps; one output map per filter."""

    letters: ClassVar[str] = "c"
    rank: ClassVar[int] = 10
    draws: ClassVar[str] = "kernel_initializer"
    role: ClassVar[Role] = "convolution"

    filters: int = field(metadata=whole("filters", 1, 512, after="filters", fresh=32, bare=True))
    kernel_size: int = field(default=3, metadata=whole("kernel size", 1, 11, letter="k", square=True, bare=True))
    strides: int = field(default=1, metadata=_STRIDES)
    padding: Padding = field(default="valid", metadata=padding(fresh="same"))
    activation: ActivationName = field(default="relu", metadata=ACTIVATION)
    use_bias: bool = field(default=True, metadata=BIAS)

    @property
    def label(self) -> str:
        return f"Conv {self.kernel_size} × {self.kernel_size}"

    @property
    def window(self) -> int:
        return self.kernel_size

    def effect(self, state: State) -> Effect:
        size, channels = self.kernel_size, state.shape[-1]
        after = state.slid(self.kind, window=size, strides=self.strides, padding=self.padding, channels=self.filters)
        taps = f"{size} x {size} x {channels:,}"
        return Effect(
            after,
            parameters=(size * size * channels + self.use_bias) * self.filters,
            formula=f"({taps} + 1) x {self.filters}" if self.use_bias else f"{taps} x {self.filters}",
            multiply_adds=size * size * channels * prod(after.shape),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthwiseConv2D(Layer):
    """A square kernel of its own slides over each feature map: none is mixed with another.

    Before a 1 x 1 `Conv2D`, it does a convolution's work for a fraction of the multiplications (Howard et al. 2017,
    "MobileNets").
    """

    letters: ClassVar[str] = "dw"
    rank: ClassVar[int] = 11
    draws: ClassVar[str] = "depthwise_initializer"
    role: ClassVar[Role] = "convolution"
    separate: ClassVar[bool] = True

    kernel_size: int = field(default=3, metadata=whole("kernel size", 1, 11, square=True, bare=True))
    strides: int = field(default=1, metadata=_STRIDES)
    padding: Padding = field(default="valid", metadata=padding(fresh="same"))
    activation: ActivationName = field(default="relu", metadata=ACTIVATION)
    use_bias: bool = field(default=True, metadata=BIAS)

    @property
    def label(self) -> str:
        return f"Depthwise {self.kernel_size} × {self.kernel_size}"

    @property
    def window(self) -> int:
        return self.kernel_size

    def effect(self, state: State) -> Effect:
        size, channels = self.kernel_size, state.shape[-1]
        after = state.slid(self.kind, window=size, strides=self.strides, padding=self.padding, channels=channels)
        taps = f"{size} x {size}"
        return Effect(
            after,
            parameters=(size * size + self.use_bias) * channels,
            formula=f"({taps} + 1) x {channels:,}" if self.use_bias else f"{taps} x {channels:,}",
            multiply_adds=size * size * prod(after.shape),
        )
