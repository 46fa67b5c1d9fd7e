"""What lies between the layers that a picture shows: which of them feed each other, and through what. No TensorFlow."""

from collections.abc import Collection
from dataclasses import dataclass

from core.model.structure.architecture import Architecture
from core.model.structure.trace import LayerRow

INPUT = ""
"""Stands for the image, as the source of a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One way into a layer.

    Attributes:
        source: name of the shown layer it begins at, or `INPUT`.
        through: the layers on the way that are not shown, in order; of several ways the longest.
    """

    source: str
    through: tuple[LayerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """How a picture of some layers is to be wired.

    Attributes:
        of: name of a shown layer to what feeds it, the nearest first.
        logits: what feeds the logits.
        head: the layers behind the last shown one.
    """

    of: dict[str, tuple[Feed, ...]]
    logits: tuple[Feed, ...]
    head: tuple[LayerRow, ...]


def feeds(architecture: Architecture, shown: Collection[str]) -> Feeds:
    """Follow the image through `architecture` and tell for every layer named in `shown` what feeds it.

    A residual block has two ways: its branch, and the shortcut around it.

    >>> found = feeds(Architecture.tutorial(), ["conv2d", "conv2d_1"])
    >>> [(feed.source, [row.name for row in feed.through]) for feed in found.of["conv2d_1"]]
    [('conv2d', ['max_pooling2d'])]
    """
    rows = architecture.rows()
    found: dict[str, tuple[Feed, ...]] = {}
    values: list[dict[str, tuple[LayerRow, ...]]] = [{INPUT: ()}]  # what flows: sources, and what lies between
    for row, step in zip(rows, architecture.steps(), strict=True):
        ways: dict[str, tuple[LayerRow, ...]] = {}
        for n in reversed(step.inputs):  # the branch before the shortcut
            ways |= {source: through for source, through in values[n].items() if source not in ways}
        if row.name in shown:
            found[row.name] = _listed(ways)
            values.append({row.name: ()})
        else:
            values.append({source: (*through, row) for source, through in ways.items()})
    last = max((place for place, row in enumerate(rows) if row.name in shown), default=-1)
    return Feeds(of=found, logits=_listed(values[-1]), head=tuple(rows[last + 1 :]))


def _listed(ways: dict[str, tuple[LayerRow, ...]]) -> tuple[Feed, ...]:
    return tuple(Feed(source=source, through=through) for source, through in ways.items())
