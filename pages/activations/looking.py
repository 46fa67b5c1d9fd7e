"""The controls of the activations page: which image, which layer, how its feature maps are drawn."""

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.maps import Scale
from core.charts.numbers import signed as written
from core.config import SplitName
from core.data.browsing import position_of
from core.data.dataset import Dataset
from core.data.reference import tutorial_image
from core.model.inspection import MapLayer
from core.model.layers.activations import ACTIVATION_TITLES
from pages.activations.map_grid import TUTORIAL_MAPS
from pages.shared import links
from pages.shared.mosaic import mosaic
from pages.shared.picking import clicked

TUTORIAL_IMAGE = 7
STRIP = 10
SCALES = ("per map", "per layer")
CLOSEUP, KERNELS = "close-up", "kernels"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What the visitor wants to see.

    Attributes:
        image: uint8 (32, 32, 3).
        title: which image it is.
        note: what stands in for the tutorial's image, or None.
        layer: whose feature maps.
        all_maps: all of them, or the tutorial's eight.
        scale: one range of brightness a map, or one for the layer.
        before: what goes into the layer's activation instead of what comes out.
    """

    image: NDArray[np.uint8]
    title: str
    note: str | None
    layer: MapLayer
    all_maps: bool
    scale: Scale
    before: bool


def choose_look(dataset: Dataset, layers: tuple[MapLayer, ...]) -> Look:
    """Draw the controls in one row."""
    with st.container(horizontal=True, gap="xsmall"):
        image, title, note = _choose_image(dataset)
        layer = _choose_layer(layers)
        all_maps = _choose("Maps", ("8", "all"), "activations.maps") == "all"
        scale = _choose("Brightness", SCALES, "activations.scale")
        before = False
        if layer.activation:
            before = _choose("Activation", ("after", "before"), "activations.activation") == "before"
    return Look(
        image=image,
        title=title,
        note=note,
        layer=layer,
        all_maps=all_maps,
        scale="map" if scale == SCALES[0] else "layer",
        before=before,
    )


def draw_strip(dataset: Dataset) -> None:
    """Draw the first ten images of the chosen split, to be clicked."""
    split = dataset.split(_split_name(dataset))
    count = min(STRIP, len(split))
    chosen = position_of(split, int(st.session_state.get("activations.image", -1)))
    mosaic(
        split.images[:count],
        key="activations.strip",
        alts=[f"image {index}: {dataset.class_names[split.labels[index]]}" for index in range(count)],
        columns=STRIP,
        phone_columns=STRIP,
        selected=chosen if chosen is not None and chosen < count else None,
        cell="2rem",
    )


def choose_feature(count: int) -> int:
    """Return the position of the feature map that was clicked last, on either side; a click also opens the close-up."""
    for key in ("activations.grid", "activations.other"):
        picked = clicked(key)
        if picked is not None and 1 <= picked <= count:  # position 0 is the image itself
            st.session_state["activations.feature"] = picked - 1
            st.session_state["activations.beside"] = CLOSEUP
    picked = clicked("activations.kernels")
    if picked is not None:
        st.session_state["activations.feature"] = picked
    feature = int(st.session_state.get("activations.feature", 0))
    return feature if feature < count else 0


def choose_beside(epoch: int) -> str:
    """Draw the choice of what stands beside the maps: the other end of the training, `CLOSEUP` or `KERNELS`."""
    options = ("untrained" if epoch else "trained", CLOSEUP, KERNELS)
    return _choose("Beside it", options, "activations.beside", label_visibility="collapsed")


ZERO_EVERYWHERE = (
    "0 everywhere: this filter lets nothing of this image through. That is no dead filter yet: "
    "dead is one that lets nothing of any image through."
)


def takeaway(layer: MapLayer, *, signed: bool) -> str:
    """Say what a strong color means in this layer's maps, and what it does not mean."""
    colour = "Blue and orange mean" if signed else "Bright means"
    if layer.kind == "convolution":
        what = f"{colour} that this filter responds here" + (", above or below zero" if signed else "")
    elif layer.kind == "pooling":
        what = f"{colour} that a window of the map before held a {'strong' if signed else 'large'} value"
    else:
        what = f"{colour} a {'value far from zero' if signed else 'large value'} here"
    return f"{what}, not what the network thinks: do not read meanings into single maps."


def describe(look: Look, epoch: int, limits: tuple[float, float], *, together: bool) -> str:
    """Say what is shown: layer, size, before or after the activation, colors and range.

    Args:
        look: what the visitor wants to see.
        epoch: of the maps on the left.
        limits: lowest and highest value of all maps whose colors are shared.
        together: whether another snapshot's maps stand beside them.
    """
    height, width, count = look.layer.shape
    place = ""
    if look.layer.activation:
        place = f", {'before' if look.before else 'after'} its activation ({ACTIVATION_TITLES[look.layer.activation]})"
    colours = "blue positive, white zero, orange negative" if limits[0] < 0 else "black lowest, white highest"
    shared = "on both sides" if together else "of the layer"
    span = f"{written(limits[0], '.2f')} to {written(limits[1], '.2f')}"
    one = "each map has its own range" if look.scale == "map" else f"one range for all maps {shared}, {span}"
    shown = "all of them" if look.all_maps or count <= TUTORIAL_MAPS else f"the first {TUTORIAL_MAPS}"
    sentence = f"{look.layer.name} at epoch {epoch}: {count} feature maps of {height} × {width}{place}, {shown}."
    return f"{sentence} Their order is arbitrary. Colors: {colours}; {one}. {look.note or ''}"


def _choose_image(dataset: Dataset) -> tuple[NDArray[np.uint8], str, str | None]:
    name = _split_name(dataset)
    split = dataset.split(name)
    first, last = int(split.indices[0]), int(split.indices[-1])
    picked = clicked("activations.strip")
    if picked is not None:
        st.session_state["activations.image"] = int(split.indices[picked])
    wanted = TUTORIAL_IMAGE if position_of(split, TUTORIAL_IMAGE) is not None and name == "train" else first
    links.check_number("activations.image", first, last)
    if "activations.image" not in st.session_state and "activations.image" not in st.query_params:
        st.session_state["activations.image"] = wanted
    links.clamp("activations.image", first, last)
    index = st.number_input(
        f"Image {first:,} to {last:,}", first, last, key="activations.image", bind="query-params",
        persist_state="session", width=128,
    )  # fmt: skip
    if len(dataset.split_names) > 1:
        name = cast(SplitName, _choose("Split", dataset.split_names, "activations.split"))
        split = dataset.split(name)
    position = position_of(split, index) or 0
    label = dataset.class_names[split.labels[position]]
    note = tutorial_image(dataset, "train", TUTORIAL_IMAGE)[2] if index == first else None
    return split.images[position], label, note


def _split_name(dataset: Dataset) -> SplitName:
    """Return the chosen split before its control is drawn."""
    names = dataset.split_names
    asked = st.session_state.get("activations.split", st.query_params.get("activations.split"))
    return asked if asked in names else names[0]


def _choose_layer(layers: tuple[MapLayer, ...]) -> MapLayer:
    by_name = {layer.name: layer for layer in layers}
    links.check_choice("activations.layer", by_name)
    links.forget_unless("activations.layer", by_name)
    name = st.selectbox(
        "Layer", tuple(by_name), key="activations.layer", bind="query-params", persist_state="session", width=190
    )
    return by_name[name]


def _choose(
    label: str, options: tuple[str, ...], key: str, *, label_visibility: Literal["visible", "collapsed"] = "visible"
) -> str:
    links.check_choice(key, options)
    links.forget_unless(key, options)
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", persist_state="session",
        label_visibility=label_visibility,
    )  # fmt: skip
    return chosen or options[0]
