"""The controls of the activations page: which image, which layer, how its feature maps are drawn."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.maps import Scale
from core.charts.numbers import signed as written
from core.data.dataset import Dataset
from core.model.experiments.survey import Excited
from core.model.inference.inspection import MapLayer
from core.model.layers.activations import ACTIVATION_TITLES
from core.training.runs.snapshot import Snapshot
from pages.activations.map_grid import TUTORIAL_MAPS
from pages.shared.choices import OneOf, Whole
from pages.shared.image_picker import ImagePicker
from pages.shared.mosaic import clicked, mosaic
from pages.shared.waiting import result

TUTORIAL_IMAGE = 7
STRIP = 10
SCALES = ("per map", "per layer")
CLOSEUP, KERNELS = "close-up", "kernels"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What the visitor wants to see.

    Attributes:
        picker: the choice of the image.
        layer: whose feature maps.
        layers: the names of all that may be chosen.
        all_maps: all of them, or the tutorial's eight.
        scale: one range of brightness a map, or one for the layer.
        before: what goes into the layer's activation instead of what comes out.
    """

    picker: ImagePicker
    layer: MapLayer
    layers: tuple[str, ...]
    all_maps: bool
    scale: Scale
    before: bool

    @property
    def image(self) -> NDArray[np.uint8]:
        """The image, uint8 (32, 32, 3)."""
        return self.picker.pixels

    @property
    def title(self) -> str:
        """What the image shows."""
        return self.picker.class_name


def choose_look(dataset: Dataset, layers: tuple[MapLayer, ...]) -> Look:
    """Draw the controls in one row."""
    picker = ImagePicker(dataset, "train", TUTORIAL_IMAGE)
    by_name = {layer.name: layer for layer in layers}
    with st.container(horizontal=True, gap="xsmall"):
        choose_image(picker)
        layer = by_name[layer_choice(tuple(by_name)).select("Layer", width=190)]
        all_maps = OneOf("activations.maps", ("8", "all")).segments("Maps") == "all"
        scale = OneOf("activations.scale", SCALES).segments("Brightness")
        before = False
        if layer.activation:
            before = OneOf("activations.activation", ("after", "before")).segments("Activation") == "before"
    return Look(
        picker=picker,
        layer=layer,
        layers=tuple(by_name),
        all_maps=all_maps,
        scale="map" if scale == SCALES[0] else "layer",
        before=before,
    )


def layer_choice(names: tuple[str, ...], usual: str | None = None) -> OneOf:
    """Return the choice of the layer, which the views share as far as they show it."""
    return OneOf("activations.layer", names, usual=usual, named="once chosen")


def feature_choice(count: int) -> Whole:
    """Return the choice of one of so many maps, and of the filter that makes it, which the views share."""
    return Whole("activations.feature", 1, count, usual=1)


def surveyed(dataset: Dataset, snapshot: Snapshot) -> dict[str, Excited] | None:
    """Return what a data set's test images do to every map, or draw how far that is and return None."""
    asked = "The network looks at {total} test images: {count} done."
    return result(cached.survey, dataset.name, snapshot, text=asked, key="activations.survey")


def choose_image(picker: ImagePicker) -> None:
    """Draw the choice of the image, which a click on the strip makes too."""
    picked = clicked("activations.strip")
    if picked is not None and picked < len(picker.split):
        picker.choose(picker.split_name, int(picker.split.indices[picked]))
    picker.choose_index(width=128)
    if len(picker.dataset.split_names) > 1:
        picker.choose_split()
    picker.offer_tutorials()


def draw_strip(picker: ImagePicker) -> None:
    """Draw the first ten images of the chosen split, to be clicked."""
    split, count = picker.split, min(STRIP, len(picker.split))
    mosaic(
        split.images[:count],
        key="activations.strip",
        alts=[f"image {index}: {picker.dataset.class_names[split.labels[index]]}" for index in range(count)],
        columns=STRIP,
        phone_columns=STRIP,
        selected=picker.position if picker.position < count else None,
        cell="2rem",
    )


def choose_feature(layer: MapLayer, layers: tuple[str, ...], beside: OneOf) -> int:
    """Return the position of the feature map that was clicked last, on either side.

    A click also opens the close-up, and chooses the layer for the other views.

    Args:
        layer: whose feature maps.
        layers: the names of all that may be chosen.
        beside: the choice of what stands beside the maps.
    """
    count = layer.shape[-1]
    feature = feature_choice(count)
    for key in ("activations.grid", "activations.other"):
        picked = clicked(key)
        if picked is not None and 1 <= picked <= count:  # position 0 is the image itself
            feature.choose(picked)
            beside.choose(CLOSEUP)
            layer_choice(layers).choose(layer.name)
    picked = clicked("activations.kernels")
    if picked is not None:
        feature.choose(picked + 1)
    return int(feature.value()) - 1


def beside_at(epoch: int) -> OneOf:
    """Return the choice of what stands beside the maps: the other end of the training, `CLOSEUP` or `KERNELS`."""
    return OneOf("activations.beside", ("untrained" if epoch else "trained", CLOSEUP, KERNELS))


ZERO_EVERYWHERE = (
    "0 everywhere: this filter lets nothing of this image through. That is no dead filter yet: "
    "dead is one that lets nothing of any image through. The view Depth looks for those."
)


def takeaway(layer: MapLayer, *, signed: bool) -> str:
    """Say what a strong color means in this layer's maps, and what it does not mean."""
    color = "Blue and orange mean" if signed else "Bright means"
    if layer.kind == "convolution":
        what = f"{color} that this filter responds here" + (", above or below zero" if signed else "")
    elif layer.kind == "pooling":
        what = f"{color} that a window of the map before held a {'strong' if signed else 'large'} value"
    else:
        what = f"{color} a {'value far from zero' if signed else 'large value'} here"
    return f"{what}, not what the network thinks: do not read meanings into single maps."


def describe(look: Look, epoch: int, limits: tuple[float, float], *, together: bool) -> str:
    """Say what is shown: layer, size, before or after the activation, colors and range.

    Args:
        epoch: of the maps on the left.
        limits: lowest and highest value of all maps whose colors are shared.
        together: whether another snapshot's maps stand beside them.
    """
    height, width, count = look.layer.shape
    place = ""
    if look.layer.activation:
        place = f", {'before' if look.before else 'after'} its activation ({ACTIVATION_TITLES[look.layer.activation]})"
    colors = "blue positive, white zero, orange negative" if limits[0] < 0 else "black lowest, white highest"
    shared = "on both sides" if together else "of the layer"
    span = f"{written(limits[0], '.2f')} to {written(limits[1], '.2f')}"
    one = "each map has its own range" if look.scale == "map" else f"one range for all maps {shared}, {span}"
    shown = "all of them" if look.all_maps or count <= TUTORIAL_MAPS else f"the first {TUTORIAL_MAPS}"
    sentence = f"{look.layer.name} at epoch {epoch}: {count} feature maps of {height} × {width}{place}, {shown}."
    return f"{sentence} Their order is arbitrary. Colors: {colors}; {one}. {look.picker.stand_in()}"
