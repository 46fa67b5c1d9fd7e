"""The part of the lesson on pooling: which image, which channel, which window, and what is kept."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.config import CHANNELS
from core.model.inference.inspection import map_layers
from core.training.runs.snapshot import Snapshot
from pages.network.pooling import pooling_view
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection

FEATURE_MAP = "feature map"
TUTORIAL_INDEX = 9


@st.fragment
@lesson.explained()
def pool_an_image(chosen: Selection) -> None:
    """Draw pooling on one channel of one image, or on one of its feature maps."""
    dataset = chosen.dataset
    usual = dataset.split(dataset.split_names[0])
    picker = ImagePicker(dataset, dataset.split_names[0], int(usual.indices[min(TUTORIAL_INDEX, len(usual) - 1)]))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if len(dataset.split_names) > 1:
            picker.choose_split()
        picker.choose_index(width=120)
        source = OneOf("network.channel", _sources(chosen)).segments("Numbers of")
        kind = OneOf("network.pool", ("maximum", "average")).segments("Of each window")
        size = OneOf("network.window", (2, 3, 4), words=lambda side: f"{side} × {side}").segments("Window")
        picker.offer_tutorials()
    image = picker.pixels
    label = f"image {picker.index}, {picker.class_name}"

    def draw(values: NDArray, name: str) -> None:
        average = kind == "average"
        pooling_view(values, key="network.pooling", label=f"{name} of {label}", size=size, average=average)
        _say_what_is_kept(values.shape[0], size, kind)

    snapshot = chosen.snapshot
    if source == FEATURE_MAP and snapshot:
        lesson.when_warm(lambda: draw(_first_feature_map(snapshot, image), FEATURE_MAP))
    else:
        draw(image[..., CHANNELS.index(source)], f"{source} channel")


def _sources(chosen: Selection) -> tuple[str, ...]:
    has_maps = chosen.snapshot is not None and map_layers(chosen.architecture)
    return (*CHANNELS, FEATURE_MAP) if has_maps else CHANNELS


def _first_feature_map(snapshot: Snapshot, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The liveliest of the first layer's feature maps, (height, width), after the activation."""
    maps = next(iter(cached.feature_maps(snapshot, image.tobytes(), False).values()))
    return maps[..., int(maps.std(axis=(0, 1)).argmax())]


def _say_what_is_kept(side: int, size: int, kind: str) -> None:
    kept, all_of_them = (side // size) ** 2, (side // size * size) ** 2
    rest = f" {side % size} rows and columns at the edge fill no window and are left out." if side % size > 1 else ""
    rest = rest or (" The last row and column fill no window and are left out." if side % size else "")
    if kind == "maximum":
        lesson.insight(
            f"Of every {size * size} numbers the largest stays: {kept:,} of {all_of_them:,}. That something was there "
            f"survives; where exactly in its window is forgotten.{rest}"
        )
    else:
        lesson.insight(
            f"Averaging makes {kept:,} new numbers of {all_of_them:,}: a strong response is diluted by its neighbors."
            f"{rest}"
        )
