"""A network as a short text that needs no quoting in a URL: its layers' pieces, joined by dashes. No TensorFlow."""

from collections.abc import Iterator, Sequence

from core.errors import ArchitectureError
from core.model.layers import Layer, layer_from_text
from core.model.layers.scaling import InputScaling

_LONGEST = 2000
_HEADS: dict[str, InputScaling] = {"u": "unit", "s": "standard"}


def to_text(layers: Sequence[Layer], input_scaling: InputScaling) -> str:
    """Return the text of a network; `Architecture.to_text` shows one."""
    return "-".join([input_scaling[0], *(layer.to_text() for layer in layers)])


def from_text(text: str) -> tuple[tuple[Layer, ...], InputScaling]:
    """Return layers and input scaling of `to_text`'s text.

    Raises:
        ArchitectureError: a piece of the text is no layer; its `layer` says which.
    """
    if len(text) > _LONGEST:
        raise ArchitectureError(f"Expected at most {_LONGEST:,} characters. Received more. Build a smaller network.")
    head, _, rest = text.partition("-")
    if head not in _HEADS:
        raise ArchitectureError(
            f'Expected a network that begins with "u" or "s". Received "{head[:20]}". Start from the tutorial\'s.'
        )
    layers: list[Layer] = []
    for position, piece in enumerate(_pieces(rest)):
        try:
            layers.append(layer_from_text(piece))
        except ArchitectureError as error:
            raise ArchitectureError(str(error), layer=position) from error
    return tuple(layers), _HEADS[head]


def _pieces(text: str) -> Iterator[str]:
    """Split at dashes, but for those within a residual block; the last block may lack its end."""
    block: list[str] = []
    for part in text.split("-"):
        block.append(part)
        if not block[0].startswith("(") or part.endswith(")"):
            yield "-".join(block)
            block = []
    if block:
        yield "-".join(block)
