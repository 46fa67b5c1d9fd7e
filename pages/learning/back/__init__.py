"""Backpropagation on one image: the maps of the way forward, and under each the slope on its way back."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import addressed, cached
from core.bounded import remembered
from core.charts import png
from core.charts.bars import largest
from core.model.inference.inspection import MapLayer, map_layers
from core.model.inference.steepness import norms
from core.model.layers.activations import ACTIVATION_TITLES
from core.model.quality.evaluation import softmax
from core.training.runs.snapshot import Snapshot
from pages.learning.setting import Setting
from pages.learning.weight import short
from pages.shared.choices import Coded
from pages.shared.component import component, packed
from pages.shared.told import text, told

KEY = "learning.back"
ROWS = 4
"""So many maps of a layer are drawn: those whose filters are to move most."""

Picked = tuple[str, int]
"""A layer's name and the position of one of its maps."""

_component = component(__file__)


def way_back(setting: Setting) -> Picked:
    """Draw the slope's way back; return the map that is looked at closely. Raises as `step` does."""
    choice = map_choice(setting)
    picked: Picked = choice.value()
    _component(
        key=KEY, data=_packed(setting, picked), on_map_change=lambda: choice.hear(text(told(KEY, "map"), 120) or "")
    )
    return picked


def shown_layers(snapshot: Snapshot) -> list[MapLayer]:
    """Return the layers whose maps are drawn."""
    return [each for each in map_layers(snapshot.architecture) if each.kind != "other"]


def map_choice(setting: Setting) -> Coded:
    """Return the choice of the map that is looked at closely; usually the first layer's that is to move most."""
    layers = {each.name: each.shape[-1] for each in shown_layers(setting.snapshot)}
    first = next(iter(layers))
    usual = first, int(strengths(setting, first).argmax())

    def read(asked: str) -> Picked:
        name, _, number = asked.rpartition(".")
        try:
            return name, addressed.whole(number, 1, layers.get(name, 0)) - 1
        except ValueError as error:
            raise ValueError(f"Expected a layer and the number of a map, such as {first}.1.") from error

    def write(picked: Picked) -> str:
        return f"{picked[0]}.{picked[1] + 1}"

    def fits(picked: Picked) -> bool:
        return picked[1] < layers.get(picked[0], 0)

    return Coded("learning.map", read, writes=write, fits=fits, usual=usual)


def strengths(setting: Setting, layer: str) -> NDArray[np.float64]:
    """Return how much each map of a layer is to move: the norm of its filter's slopes, else of those at the map."""
    found = cached.way_back(setting.snapshot, setting.batch).slopes[layer]  # (height, width, maps)
    own = cached.steepness(setting.snapshot, setting.batch).by_filter.get(f"{layer}.kernel")
    return own if own is not None and len(own) == found.shape[-1] else norms(found)


@remembered(16, key=lambda setting, picked: (setting.snapshot, setting.batch, picked))
def _packed(setting: Setting, picked: Picked) -> bytes:
    """Return the layers' strongest maps and the start of the way back, as the component takes them."""
    found, dataset = cached.way_back(setting.snapshot, setting.batch), setting.dataset
    examples = cached.examples(setting.batch)
    label, probabilities = int(examples.labels[0]), softmax(found.logits)
    shown, slopes = largest(probabilities, label), probabilities - np.eye(len(probabilities))[label]
    return packed({
        "id": f"{setting.snapshot.run.id} {setting.snapshot.epoch} {setting.batch}",
        "image": png.data_uri(examples.images[0]),
        "title": f"{setting.batch.split} image {setting.index:,}: {setting.class_name}",
        "loss": short(found.loss),
        "start": [
            {"name": dataset.class_names[each], "slope": short(slopes[each]), "true": each == label} for each in shown
        ],
        "layers": _layers(setting, picked),
        "picked": list(picked),
    })  # fmt: skip


def _layers(setting: Setting, picked: Picked) -> list[dict[str, Any]]:
    found = cached.way_back(setting.snapshot, setting.batch)
    rows = setting.snapshot.architecture.rows()
    place_of = {row.name: place for place, row in enumerate(rows)}
    made: list[dict[str, Any]] = []
    places: list[int] = []
    shown = shown_layers(setting.snapshot)
    for each, after in zip(shown, [*shown[1:], None], strict=True):
        strong = strengths(setting, each.name)
        if not (each.separate and made and made[-1]["count"] == each.shape[-1]):
            places = [int(place) for place in np.argsort(-strong, kind="stable")[:ROWS]]
        pooled = after is not None and after.separate and after.shape[-1] == each.shape[-1] and after.name == picked[0]
        wanted = (picked[0] == each.name or pooled) and picked[1] not in places
        drawn = [*places[:-1], picked[1]] if wanted else places
        kinds: dict[str, Mapping[str, NDArray[np.float32]]] = {"outputs": found.outputs, "slopes": found.slopes}
        if each.activation:
            kinds |= {"sums": found.sums, "sumSlopes": found.sum_slopes}
        made.append({
            "name": each.name,
            "label": rows[place_of[each.name]].layer.label,
            "size": list(each.shape[:2]),
            "count": each.shape[-1],
            "pools": rows[place_of[each.name]].kind if each.kind == "pooling" else "",
            "follows": bool(made) and place_of[each.name] == place_of[made[-1]["name"]] + 1,
            "filters": each.kind == "convolution",
            "activation": ACTIVATION_TITLES.get(each.activation or "", ""),
            "strengths": [short(value) for value in strong],
            "places": drawn,
            "limits": {kind: _limits(values[each.name]) for kind, values in kinds.items()},
            "maps": {kind: _bytes(values[each.name], drawn) for kind, values in kinds.items()},
        })  # fmt: skip
    return made


def _limits(values: NDArray[np.float32]) -> list[float | None]:
    return [short(float(values.min())), short(float(values.max()))]


def _bytes(values: NDArray[np.float32], places: list[int]) -> str:
    """Return maps (height, width, all) as base64 of float32 (places, height, width)."""
    return base64.b64encode(np.ascontiguousarray(values[..., places].transpose(2, 0, 1)).tobytes()).decode()
