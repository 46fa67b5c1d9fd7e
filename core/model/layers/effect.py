"""What flows between layers, and what a layer does to it: shape, receptive field, parameters, work. Arithmetic."""

from dataclasses import dataclass, replace
from typing import Literal

from core.errors import ArchitectureError

Shape = tuple[int, ...]
Padding = Literal["valid", "same"]


@dataclass(frozen=True, slots=True)
class State:
    """What flows between layers, for one image.

    Attributes:
        shape: (height, width, channels) of feature maps, or (units,) of a vector.
        field: side in pixels of the square of the image that one value depends on: its receptive field.
        jump: pixels between what two neighboring values see.
        start: the first row of pixels that the first value sees, negative in padding.
        seen: how many rows all values together see: windows that do not fit leave out the last ones.
    """

    shape: Shape
    field: int = 1
    jump: int = 1
    start: int = 0
    seen: int = 0

    def need_maps(self, kind: str) -> None:
        """Raise an `ArchitectureError` unless these are feature maps, as a layer of this kind needs them."""
        if len(self.shape) != 3:
            raise ArchitectureError(
                f"Expected feature maps (height, width, channels) before {kind}. "
                f"Received a vector of {self.shape[0]:,} numbers. Put it before Flatten, global pooling and Dense."
            )

    def need_vector(self, kind: str) -> None:
        """Raise an `ArchitectureError` unless this is a vector, as a layer of this kind needs it."""
        if len(self.shape) != 1:
            raise ArchitectureError(
                f"Expected a vector before {kind}. Received feature maps {by(self.shape)}. "
                "Put Flatten or a global pooling before it."
            )

    def slid(self, kind: str, *, window: int, strides: int, padding: Padding, channels: int) -> "State":
        """Return the state after a square window has slid over these feature maps.

        Args:
            kind: of the layer, for the sentence that refuses it.
            window, strides: side and step of the window, in values.
            padding: "valid" keeps the window inside; "same" lets it stand at every `strides`-th value.
            channels: how many feature maps come out.

        Raises:
            ArchitectureError: these are no feature maps, or the window is larger than they are.
        """
        self.need_maps(kind)
        height, width = (_places(kind, side, window, strides, padding) for side in self.shape[:2])
        size = self.shape[0]
        before = max(0, (height - 1) * strides + window - size) // 2 if padding == "same" else 0
        last = min(size, (height - 1) * strides + window - before) - 1
        return State(
            (height, width, channels),
            self.field + (window - 1) * self.jump,
            self.jump * strides,
            self.start - before * self.jump,
            min(self.seen, self.start + last * self.jump + self.field),
        )

    def mixed(self, outputs: int) -> "State":
        """Return the state of a vector of which every number depends on all these values."""
        return State((outputs,), self.seen, self.seen, seen=self.seen)

    def joined(self, branch: "State") -> "State":
        """Return the state of the sum of these values, passed on unchanged, and what a branch has made of them.

        Raises:
            ArchitectureError: the two have different shapes.
        """
        if self.shape != branch.shape:
            raise ArchitectureError(
                f"Expected the branch of a residual block to keep its input's shape {by(self.shape)}. Received "
                f'{by(branch.shape)}. Use padding "same", strides 1 and {self.shape[-1]} filters at its end.'
            )
        return replace(
            branch,
            field=max(self.field, branch.field),
            start=min(self.start, branch.start),
            seen=max(self.seen, branch.seen),
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """What a layer does to one image.

    Attributes:
        state: what it hands on.
        parameters, frozen: how many numbers it holds, and how many of them are not learned by the gradient.
        formula: how `parameters` comes about, for example "(3 x 3 x 3 + 1) x 32"; "" without parameters.
        multiply_adds: multiplications with an addition.
    """

    state: State
    parameters: int = 0
    frozen: int = 0
    formula: str = ""
    multiply_adds: int = 0


def by(shape: Shape) -> str:
    """Write a shape: "32 x 32 x 3"."""
    return " x ".join(f"{n:,}" for n in shape)


def _places(kind: str, size: int, window: int, strides: int, padding: Padding) -> int:
    """Return in how many places a window stands along one side."""
    if padding == "same":
        return -(-size // strides)
    if window > size:
        raise ArchitectureError(
            f"Expected feature maps of at least {window} x {window} pixels for this {kind}. "
            f'Received {size} x {size}. Use padding "same", a smaller window, or fewer poolings before it.'
        )
    return (size - window) // strides + 1
