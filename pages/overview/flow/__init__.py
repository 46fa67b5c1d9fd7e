"""The whole network on one screen: one image on its way from pixels through feature maps to probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts import png
from core.charts.bars import largest
from core.charts.maps import map_pictures, ranges
from core.config import IMAGE_SHAPE, SplitName
from core.model.architecture import Architecture
from core.model.evaluation import softmax
from core.model.feeds import INPUT, Feed, feeds
from core.model.inspection import MapLayer, map_layers
from core.model.trace import LayerRow
from core.training.snapshot import Snapshot
from pages.shared.choices import OneOf
from pages.shared.component import component, packed
from pages.shared.image_picker import ImagePicker
from pages.shared.told import items, told, whole

SHOWN_MAPS = 8
"""How many feature maps of a layer are drawn: the first ones, as in the tutorial."""

_component = component(__file__)


def flow(picker: ImagePicker, snapshot: Snapshot, *, key: str) -> None:
    """Draw an image, the first feature maps of every layer and the answer, from left to right.

    Args:
        picker: the choice of the image.
        snapshot: who answers.
        key: the widget's key, "page.name".

    Raises:
        RunError: that snapshot is missing or damaged.
    """
    view = _packed_flow(picker.dataset.name, picker.split_name, picker.position, snapshot)
    choice = _map_choice(snapshot.architecture)
    data = packed({"chosen": choice.value()}, beside=view)
    _component(key=key, data=data, on_chosen_change=lambda: _choose(key, choice))


def shown_layers(architecture: Architecture) -> list[MapLayer]:
    """Return the layers whose maps are drawn."""
    return [each for each in map_layers(architecture) if each.kind != "other"]


def _map_choice(architecture: Architecture) -> OneOf:
    """Return the choice of the map that is shown large: column and row, the input first."""
    counts = {"input": 1} | {each.name: min(each.shape[-1], SHOWN_MAPS) for each in shown_layers(architecture)}
    names, usual = list(counts), (min(1, len(counts) - 1), 0)
    maps = tuple((x, y) for x, count in enumerate(counts.values()) for y in range(count))
    return OneOf("overview.map", maps, words=lambda at: f"{names[at[0]]}.{at[1] + 1}", usual=usual)


def _choose(key: str, choice: OneOf) -> None:
    chosen = tuple(whole(place) for place in items(told(key, "chosen"), 2))
    if chosen in choice.options:
        choice.choose(chosen)


@remembered(32)
def _packed_flow(dataset_name: str, split_name: SplitName, position: int, snapshot: Snapshot) -> bytes:
    """Return image, maps and answer as the component takes them."""
    dataset, architecture = cached.dataset(dataset_name), snapshot.architecture
    split = dataset.split(split_name)
    layers = shown_layers(architecture)
    wiring = feeds(architecture, [each.name for each in layers])
    counts = {INPUT: IMAGE_SHAPE[-1]} | {each.name: each.shape[-1] for each in layers}
    place = {name: number for number, name in enumerate(counts)}
    labels = {row.name: row.layer.label for row in architecture.rows()}
    image = np.asarray(split.images[position])
    maps, logits = cached.maps_and_logits(snapshot, image.tobytes(), False)
    columns = [_input_column(image)]
    for each in layers:
        ways = wiring.of[each.name]
        sources = [place[way.source] for way in ways]
        columns.append(
            _column(each.name, labels[each.name], maps[each.name], each.separate)
            | {"sources": sources, "origin": origin(ways, counts, each)}
        )
    probabilities, label = softmax(logits), int(split.labels[position])
    shown = largest(probabilities, label)
    answer = [{"name": dataset.class_names[each], "value": float(probabilities[each])} for each in shown]
    head = {"layers": _head(architecture, wiring.head), "sources": [place[way.source] for way in wiring.logits]}
    known = {"label": shown.index(label), "classes": dataset.classes}
    return packed({"columns": columns, "head": head, "answer": answer, **known})


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


def _head(architecture: Architecture, rows: tuple[LayerRow, ...]) -> list[dict[str, str]]:
    """Return what lies behind the last maps, with the share of all parameters that each layer holds."""
    whole = architecture.parameter_count
    return [
        {
            "name": row.name,
            "shape": "×".join(f"{side:,}" for side in row.output_shape),
            "share": _percent(row.parameters / whole) if row.parameters else "",
        }
        for row in rows
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"


def _input_column(image: NDArray[np.uint8]) -> dict[str, Any]:
    height, width, _ = image.shape
    return {
        "name": "Input",
        "title": "Input",
        "shape": f"{height}×{width}×3",
        "src": png.data_uri(image),
        "size": [height, width],
        "ranges": [[int(image.min()), int(image.max())]],
        "digits": 0,
        "count": 1,
        "of": 1,
        "single": False,
        "sources": [],
        "origin": "Three channels: red, green, blue.",
    }


def _column(name: str, label: str, values: NDArray[np.float32], single: bool) -> dict[str, Any]:
    height, width, count = values.shape
    shown = values[..., :SHOWN_MAPS]
    pictures = map_pictures(shown, "map", signed=bool(shown.min() < 0))  # (maps, height, width, 3)
    return {
        "name": name,
        "title": label,
        "shape": f"{height}×{width}×{count}",
        "src": png.data_uri(png.sprite(pictures, len(pictures))),
        "size": [height, width],
        "ranges": ranges(shown).tolist(),
        "digits": 2,
        "count": shown.shape[-1],
        "of": count,
        "single": single,
    }
