"""The whole network at work on one screen: the browser computes it, from an image and the weights of a snapshot."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.bounded import remembered
from core.charts.bars import MOST_CLASSES
from core.config import IMAGE_SHAPE
from core.model.inference.inspection import MapLayer, map_layers
from core.model.structure.architecture import Architecture
from core.model.structure.feeds import INPUT, Feed, feeds
from core.model.structure.memory import check_kept_outputs
from core.model.structure.trace import MAX_ACTIVATION_BYTES, LayerRow
from core.training.routes import weights
from core.training.runs.snapshot import Snapshot
from pages.shared.choices import Choice, Coded, OneOf, yes_or_no
from pages.shared.component import component, packed
from pages.shared.flow.changed import MOST, MOST_TEXT, changed
from pages.shared.told import entries, items, text, told, whole

ALL_MAPS = 400
"""Up to so many maps, a network is drawn with each of them; of a larger one a few of every convolution."""

FEW_MAPS = 10
"""How many of a layer those few are."""

_component = component(__file__)


def flow(
    image: NDArray[np.uint8], snapshot: Snapshot, *, key: str, label: int | None = None, room: bool = False
) -> None:
    """Draw an image and what every layer of the network makes of it, from left to right, down to the answer.

    Args:
        image: uint8 (32, 32, 3).
        snapshot: who answers; of a network that `weights.fits` browsers.
        key: the widget's key, "page.name"; the choices of the map, of what unfolds and of what is changed are
            "page.map", "page.unfolded", "page.change", "page.paint", "page.off".
        label: the true class, if it is known.
        room: whether something stands beside the words below the network.

    Raises:
        RunError: that snapshot is missing or damaged.
        TooLargeError: the layers' outputs together fill too much memory.
    """
    check_kept_outputs(snapshot.architecture)
    network, run = _packed_network(snapshot, weights.path(snapshot)), snapshot.run
    choices = _choices(snapshot.architecture, key.split(".")[0])
    given = {
        "view": {name: choice.value() for name, choice in choices.items()},
        "most": MOST,
        "pixels": base64.b64encode(np.ascontiguousarray(image).tobytes()).decode(),
        "label": label,
        "room": room,
        "run": f"runs/{run.id}/weights",
        "epoch": snapshot.epoch,
        "epochs": list(run.epochs),
    }
    _component(key=key, data=packed(given, beside=network), on_view_change=lambda: _choose(key, choices))


def can_show(architecture: Architecture) -> bool:
    """Return whether `flow` can draw a network; Overview says of others why it does not."""
    return weights.fits(architecture) and architecture.activation_bytes <= MAX_ACTIVATION_BYTES


def shown_layers(architecture: Architecture) -> list[MapLayer]:
    """Return the convolutions and poolings of a network; of one with very many maps only the convolutions."""
    layers = [each for each in map_layers(architecture) if each.kind != "other"]
    if sum(each.shape[-1] for each in layers) <= ALL_MAPS:
        return layers
    return [each for each in layers if each.kind == "convolution"] or layers


def shown_maps(architecture: Architecture) -> dict[str, int]:
    """Return how many maps of each layer are drawn, by its name."""
    counts = {each.name: each.shape[-1] for each in shown_layers(architecture)}
    few = sum(counts.values()) > ALL_MAPS
    return {name: min(count, FEW_MAPS) if few else count for name, count in counts.items()}


def _place_choice(architecture: Architecture, page: str) -> OneOf:
    """Return the choice of the map that is shown large: column and row, the input with its channels first."""
    counts = {"input": 1 + IMAGE_SHAPE[-1]} | shown_maps(architecture)
    names, usual = list(counts), (min(1, len(counts) - 1), 0)
    places = tuple((x, y) for x, count in enumerate(counts.values()) for y in range(count))
    return OneOf(f"{page}.map", places, words=lambda at: f"{names[at[0]]}.{at[1] + 1}", usual=usual)


def _choices(architecture: Architecture, page: str) -> dict[str, Choice]:
    """Return what a visitor chooses and changes, in the order of pages/shared/flow/view.js."""
    place, unfolded = _place_choice(architecture, page), yes_or_no(f"{page}.unfolded")
    return {"chosen": place, "unfolded": unfolded, **changed(page, architecture)}


def _choose(key: str, choices: dict[str, Choice]) -> None:
    """Choose what the component told, as far as there is such a choice."""
    view = entries(told(key, "view"))
    place = tuple(whole(each) for each in items(view.get("chosen"), 2))
    if isinstance(choices["chosen"], OneOf) and place in choices["chosen"].options:
        choices["chosen"].choose(place)
    choices["unfolded"].choose(view.get("unfolded") is True)
    for name, choice in choices.items():
        if isinstance(choice, Coded):
            choice.hear(text(view.get(name), MOST_TEXT) or "")


@remembered(8)
def _packed_network(snapshot: Snapshot, address: str) -> bytes:
    """Return the network as the component takes it."""
    architecture, maps = snapshot.architecture, shown_maps(snapshot.architecture)
    layers = shown_layers(architecture)
    wiring = feeds(architecture, [each.name for each in layers])
    counts = {INPUT: IMAGE_SHAPE[-1]} | {each.name: each.shape[-1] for each in layers}
    place = {name: number for number, name in enumerate(counts)}
    values = {row.name: number for number, row in enumerate(architecture.rows(), start=1)}
    blocks = [
        {
            "value": values[each.name],
            "shown": maps[each.name],
            "separate": each.separate,
            "sources": [place[way.source] for way in wiring.of[each.name]],
            "origin": origin(wiring.of[each.name], counts, each),
        }
        for each in layers
    ]
    return packed({
        "steps": weights.steps(snapshot),
        "weights": address,
        "blocks": blocks,
        "head": _head(architecture, wiring.head),
        "headSources": [place[way.source] for way in wiring.logits],
        "classes": list(snapshot.run.config.class_names),
        "mostClasses": MOST_CLASSES,
    })  # fmt: skip


def origin(ways: tuple[Feed, ...], counts: dict[str, int], layer: MapLayer) -> str:
    """Say what a map of `layer` is computed from; "{map}" stands for its number.

    Args:
        ways: what feeds the layer.
        counts: name of a layer to the number of its maps; `INPUT` too.
        layer: whose map.
    """
    parts = []
    for way in ways:
        name = f"of {way.source}" if way.source else "of the input"
        what = "map {map}" if layer.separate else f"all {counts[way.source]} {'maps' if way.source else 'channels'}"
        between = _in_words(way)
        parts.append(f"{what} {name}" + (f" (through {between})" if between else ""))
    alone = " alone" if layer.separate and len(ways) == 1 and not ways[0].through else ""
    return f"{'Pooled' if layer.kind == 'pooling' else 'Computed'} from {' and '.join(parts)}{alone}."


def _in_words(way: Feed) -> str:
    words = (row.kind if row.layer.between is None else row.layer.between for row in way.through)
    return ", ".join(filter(None, words))


def _head(architecture: Architecture, rows: tuple[LayerRow, ...]) -> list[dict[str, Any]]:
    """Return the layers behind the last maps, with the share of all parameters that each holds."""
    every = [row.name for row in architecture.rows()]
    whole = architecture.parameter_count
    return [
        {
            "value": every.index(row.name) + 1,
            "share": _percent(row.parameters / whole) if row.parameters else "",
        }
        for row in rows
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"
