"""The whole network on one screen: one image on its way from pixels through feature maps to ten probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts import png
from core.charts.maps import map_pictures, ranges
from core.data.dataset import Dataset
from core.model.evaluation import softmax
from core.model.inspection import map_layers
from core.training.catalogue import find_run
from core.training.runs import Run
from pages.shared.component import component, packed

SHOWN_MAPS = 8
"""How many feature maps of a layer are drawn: the first ones, as in the tutorial."""

_component = component(__file__)


def flow(dataset: Dataset, run: Run, epoch: int, index: int, *, key: str) -> None:
    """Draw a test image, the first feature maps of every layer and the answer, from left to right.

    Args:
        dataset: whose test image.
        run, epoch: the snapshot that answers.
        index: position of the image in the test split.
        key: the widget's key, "page.name".

    Raises:
        RunError: that snapshot is missing or damaged.
    """
    _component(key=key, data=_packed_flow(dataset.name, run.id, epoch, index))


@remembered(32)
def _packed_flow(dataset_name: str, run_id: str, epoch: int, index: int) -> bytes:
    """Return image, maps and answer as the component takes them."""
    dataset, layers = cached.dataset(dataset_name), map_layers(find_run(run_id).config.architecture)
    image = np.asarray(dataset.test.images[index])
    maps, logits = cached.maps_and_logits(run_id, epoch, image.tobytes(), False)
    columns = [_input_column(image)]
    columns += [_column(each.name, maps[each.name], each.kind == "pooling") for each in layers if each.kind != "other"]
    answer = [{"name": name, "value": float(p)} for name, p in zip(dataset.class_names, softmax(logits), strict=True)]
    return packed({"columns": columns, "answer": answer, "label": int(dataset.test.labels[index])})


def _input_column(image: NDArray[np.uint8]) -> dict[str, Any]:
    height, width, _ = image.shape
    return {
        "title": "Input",
        "shape": f"{height}×{width}×3",
        "src": png.data_uri(image),
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
        "src": png.data_uri(png.sprite(pictures, len(pictures))),
        "size": [height, width],
        "ranges": ranges(shown).tolist(),
        "digits": 2,
        "count": shown.shape[-1],
        "of": count,
        "single": single,
    }
