"""A network as few blocks: each mixes what the one before it made, and ends before the next one does. No TensorFlow."""

from dataclasses import dataclass

from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow

_MIX = ("Conv2D", "DepthwiseConv2D", "Dense", "GlobalAveragePooling2D", "GlobalMaxPooling2D")
_SAME_NUMBERS = ("Rescaling", "Flatten", "Dropout", "SpatialDropout2D")
"""Kinds that change no number, or all of them alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some layers after each other.

    Attributes:
        first, last: of them, apart from those that only write the same numbers otherwise.
    """

    first: LayerRow
    last: LayerRow

    @property
    def label(self) -> str:
        """What it is called: its layers from the first to the last."""
        return self.first.name if self.first is self.last else f"{self.first.name} … {self.last.name}"


def blocks(architecture: Architecture) -> tuple[Block, ...]:
    """Return a network's blocks, input side first; a residual block is one, with the activation behind its sum.

    >>> [block.label for block in blocks(Architecture.tutorial())][:3]
    ['conv2d … max_pooling2d', 'conv2d_1 … max_pooling2d_1', 'conv2d_2']

    Raises:
        ArchitectureError: the stack cannot be built.
    """
    found: list[Block] = []
    for row in architecture.rows():
        if row.kind in _SAME_NUMBERS:
            continue
        begins = row.inside == 0 or (row.inside is None and row.kind in _MIX)
        if begins or not found:
            found.append(Block(first=row, last=row))
        else:
            found[-1] = Block(first=found[-1].first, last=row)
    return tuple(found)
