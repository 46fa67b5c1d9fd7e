"""The part of the lesson on pooling: which image, which channel, which window, and what is kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.model.inspection import feature_maps, map_layers
from core.training.snapshot import Snapshot
from pages.network.pooling import pooling_view
from pages.shared import lesson, links
from pages.shared.sidebar import Selection

CHANNELS = ("red", "green", "blue")
FEATURE_MAP = "feature map"


@st.fragment
@lesson.explained()
def pool_an_image(chosen: Selection) -> None:
    """Draw pooling on one channel of one image, or on one of its feature maps."""
    dataset = chosen.dataset
    split = dataset.split(dataset.split_names[0])
    last = len(split) - 1
    links.check_number("network.image", 0, last)
    links.clamp("network.image", 0, last)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        index = st.number_input("Image", 0, last, min(9, last), key="network.image", bind="query-params", width=120)
        source = _segments("Numbers of", _sources(chosen), "network.channel")
        kind = _segments("Of each window", ("maximum", "average"), "network.pool")
        size = _segments("Window", (2, 3, 4), "network.window", format_func=lambda n: f"{n} × {n}")
    image = np.asarray(split.images[index])
    label = f"image {split.indices[index]}, {dataset.class_names[split.labels[index]]}"

    def draw(values: NDArray, name: str) -> None:
        pooling_view(
            values, key="network.pooling", label=f"{name} of {label}", size=size, stride=size, average=kind == "average"
        )
        _say_what_is_kept(values.shape[0], size, kind)

    snapshot = chosen.snapshot
    if source == FEATURE_MAP and snapshot:
        lesson.when_warm(lambda: draw(_first_feature_map(snapshot, image), FEATURE_MAP))
    else:
        draw(image[..., CHANNELS.index(source)], f"{source} channel")


def _sources(chosen: Selection) -> tuple[str, ...]:
    has_maps = chosen.snapshot is not None and map_layers(chosen.architecture)
    return (*CHANNELS, FEATURE_MAP) if has_maps else CHANNELS


def _segments(label: str, options: Sequence[Any], key: str, **more: Any) -> Any:
    names = [more["format_func"](option) for option in options] if "format_func" in more else options
    links.check_choice(key, names)
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", **more
    )
    return options[0] if chosen is None else chosen  # a link may leave it empty


def _first_feature_map(snapshot: Snapshot, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The liveliest of the first layer's feature maps, (height, width), after the activation."""
    maps = next(iter(feature_maps(cached.network(snapshot), image).values()))
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
