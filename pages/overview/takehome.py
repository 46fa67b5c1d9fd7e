"""What one takes home of Overview: the image's way through the network as one picture, and its answer."""

import json

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.charts.maps import enlarge, map_pictures, range_texts
from core.charts.table import as_csv
from core.config import SplitName
from core.data.dataset import Dataset
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from core.training.runs.snapshot import Snapshot
from pages.shared.flow import shown_layers
from pages.shared.image_picker import ImagePicker
from pages.shared.takehome import File, Offer, network_link, picture, sheet

SHOWN_MAPS = 8
"""How many feature maps of a layer are drawn: the first ones, as in the tutorial."""

_SIDE, _SIDE_OF_MANY, _MANY = 224, 96, 12
"""Pixels of a picture: wide enough for the name of its layer and its range; less where so many layers are drawn."""


def offer(dataset: Dataset, snapshot: Snapshot, picker: ImagePicker) -> Offer:
    """Return what there is of the chosen image."""
    image, stem = picker.pixels, f"{snapshot.run.id}-{snapshot.epoch}-{picker.split_name}-{picker.index}"
    return Offer(
        files=[
            picture("The image and its maps", f"{stem}-maps", lambda: maps_sheet(snapshot, image)),
            File("Probabilities", f"{stem}-probabilities.csv", lambda: as_csv({
                "class": dataset.class_names,
                "probability": cached.probabilities(snapshot, image.tobytes())[0].tolist(),
            })),
        ],
        links=network_link(snapshot),
        code=code(dataset, snapshot, picker.split_name, picker.index),
    )  # fmt: skip


def code(dataset: Dataset, snapshot: Snapshot, split_name: SplitName, index: int) -> str:
    """Return Python that has the downloaded network make every layer's `maps` and the `probabilities` (classes,)."""
    images = "images" if split_name == "train" else "test_images"
    return f"""{loading_code(dataset.about)}

network = keras.models.load_model("{keras_name(snapshot.run, snapshot.epoch)}")
shown = {json.dumps([each.name for each in shown_layers(snapshot.architecture)])}
every = keras.Model(network.inputs, [*(network.get_layer(name).output for name in shown), network.outputs[0]])
*maps, logits = every.predict({images}[{index}][None] / 255)  # pixels in 0..1
for name, values in zip(shown, maps):
    print(name, values[0].shape, values.min(), values.max())
exponentials = np.exp(logits[0] - logits[0].max())
probabilities = exponentials / exponentials.sum()
for name, probability in zip({json.dumps(dataset.class_names, ensure_ascii=False)}, probabilities):
    print(f"{{name}}: {{probability:.1%}}")
"""


def maps_sheet(snapshot: Snapshot, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw the image in the first row, and a layer's first feature maps in each of the following."""
    layers = shown_layers(snapshot.architecture)
    side = _SIDE if len(layers) <= _MANY else _SIDE_OF_MANY
    blank = np.full((side, side, 3), 255, np.uint8)
    tiles, captions = [enlarge(image, side)], ["input"]
    maps = cached.feature_maps(snapshot, image.tobytes(), False)
    for layer in layers:
        empty = -len(tiles) % SHOWN_MAPS
        tiles += [blank] * empty
        captions += [""] * empty
        values = maps[layer.name][..., :SHOWN_MAPS]
        tiles += [enlarge(each, side) for each in map_pictures(values, "map", signed=bool(values.min() < 0))]
        captions += [f"{layer.name} {number}: {limits}" for number, limits in enumerate(range_texts(values), start=1)]
    return sheet(np.stack(tiles), captions, SHOWN_MAPS)
