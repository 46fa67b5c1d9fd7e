"""The whole network on one screen: one image on its way from pixels through feature maps to ten probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charts import png
from core.charts.maps import map_pictures, ranges
from pages.shared.component import component

SHOWN_MAPS = 8
"""How many feature maps of a layer are drawn: the first ones, as in the tutorial."""

_component = component(__file__)


def flow(
    image: NDArray[np.uint8],
    maps: Mapping[str, NDArray[np.float32]],
    probabilities: NDArray[np.floating],
    class_names: Sequence[str],
    *,
    key: str,
    pooling: frozenset[str] = frozenset(),
    label: int | None = None,
) -> None:
    """Draw an image, the first feature maps of every layer and the answer, from left to right.

    Args:
        image: uint8 (h, w, 3), what the network sees.
        maps: layer name -> float32 (height, width, feature maps), input side first.
        probabilities: (10,), the answer.
        class_names: what the probabilities are of.
        key: the widget's key, "page.name".
        pooling: names of the layers whose maps each come from one map of the layer before.
        label: the true class, if it is known.
    """
    columns: list[dict[str, Any]] = [_input_column(image)]
    columns += [_column(name, values, name in pooling) for name, values in maps.items()]
    answer = [{"name": name, "value": float(p)} for name, p in zip(class_names, probabilities, strict=True)]
    _component(key=key, data={"columns": columns, "answer": answer, "label": label})


def _input_column(image: NDArray[np.uint8]) -> dict[str, Any]:
    height, width, _ = image.shape
    return {
        "title": "Input",
        "shape": f"{height}×{width}×3",
        "src": png.data_uri(png.encode(image)),
        "size": [height, width],
        "ranges": [[int(image.min()), int(image.max())]],
        "digits": 0,
        "count": 1,
        "of": 1,
        "single": False,
    }


def _column(name: str, values: NDArray[np.float32], single: bool) -> dict[str, Any]:
    height, width, count = values.shape
    shown = values[..., :SHOWN_MAPS]
    pictures = map_pictures(shown, "map", signed=bool(shown.min() < 0))  # (maps, height, width, 3)
    return {
        "title": name,
        "shape": f"{height}×{width}×{count}",
        "src": png.data_uri(png.encode(png.sprite(pictures, len(pictures)))),
        "size": [height, width],
        "ranges": ranges(shown).tolist(),
        "digits": 2,
        "count": shown.shape[-1],
        "of": count,
        "single": single,
    }
