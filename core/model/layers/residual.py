"""Residual blocks: a branch of layers, and the sum of what flows around it and what comes out of it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from core.errors import ArchitectureError
from core.model.layers.base import Layer, layer_from_json, layer_from_text
from core.model.layers.convolution import Conv2D
from core.model.layers.effect import Effect, State

CHANNELS = "channels"
"""Stands, in a new block of the builder, for the number of feature maps that flow in: the block keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual(Layer):
    """A branch of layers whose output is added to its input (He et al. 2016, Deep Residual Learning).

    It is no layer of Keras: its `layers` are, and the `Add` behind them; see `core.model.structure.steps`.
    """

    letters: ClassVar[str] = "("
    rank: ClassVar[int] = 80
    title: ClassVar[str] = "Residual block"
    note: ClassVar[str] = "input + branch below"
    nests: ClassVar[bool] = False

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers or not all(layer.nests for layer in self.layers):
            raise _not_a_block(len(self.layers))

    @classmethod
    def fresh(cls) -> dict[str, Any]:
        return {"kind": cls.__name__, "layers": [Conv2D.fresh() | {"filters": CHANNELS} for _ in range(2)]}

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "layers": [layer.to_json() for layer in self.layers]}

    @classmethod
    def from_json(cls, options: dict[str, Any]) -> "Residual":
        return cls(layers=tuple(layer_from_json(layer) for layer in options["layers"]))

    def to_text(self) -> str:
        return "(" + "-".join(layer.to_text() for layer in self.layers) + ")"

    @classmethod
    def from_text(cls, piece: str) -> "Residual | None":
        if not piece.startswith("("):
            return None
        if not piece.endswith(")"):
            raise ArchitectureError('Expected a ")" after a residual block. Received none. Close the block.')
        inside = piece[1:-1].split("-")
        if "(" in piece[1:]:
            raise _not_a_block(len(inside))
        return cls(layers=tuple(layer_from_text(inner) for inner in inside))


def _not_a_block(count: int) -> ArchitectureError:
    return ArchitectureError(
        "Expected a residual block of at least one layer and no further block inside. "
        f"Received {count} layers. Put the blocks one after another."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Layer):
    """The sum of what flows around a block and what its branch made of it, joined before."""

    keeps_shape: ClassVar[bool] = True
    between: ClassVar[str | None] = "the block's sum"

    def effect(self, state: State) -> Effect:
        return Effect(state)
