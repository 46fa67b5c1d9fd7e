"""Activations: what every layer makes of one image, before and after training."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.maps import enlarge, kernel_pictures, map_pictures, range_texts
from core.model.inspection import map_layers
from core.model.snapshots import first_layer_kernels
from core.training.runs import Run
from pages.shared import lesson, looking
from pages.shared.closeup import Pane, closeup
from pages.shared.looking import Look
from pages.shared.mosaic import mosaic
from pages.shared.sidebar import current
from pages.shared.snapshot import missing

GRID_SIDE = 96
CELL = "clamp(7rem, (100vh - 22rem) / 3, 14rem)"  # three rows fill the window, whatever its height


def maps_of(run: Run, epoch: int, look: Look) -> NDArray[np.float32]:
    """Return the feature maps (h, w, count) of the chosen layer and image in one snapshot."""
    return cached.feature_maps(run.id, epoch, look.image.tobytes(), look.before)[look.layer.name]


def draw_grid(look: Look, maps: NDArray[np.float32], *, key: str, signed: bool, selected: int | None) -> None:
    """Draw the original and the feature maps, each with its true minimum and maximum."""
    count = maps.shape[-1] if look.all_maps else min(looking.TUTORIAL_MAPS, maps.shape[-1])
    pictures = map_pictures(maps, look.scale, signed=signed)[:count]
    side = len(pictures[0]) * -(-GRID_SIDE // len(pictures[0]))
    limits = range_texts(maps)[:count]
    mosaic(
        np.stack([enlarge(picture, side) for picture in (look.image, *pictures)]),
        key=key,
        captions=[look.title, *(f"{number}: {limit}" for number, limit in enumerate(limits, start=1))],
        alts=[look.title, *(f"feature map {number}, {limit}" for number, limit in enumerate(limits, start=1))],
        columns=6 if look.all_maps else 3,
        selected=None if selected is None or selected >= count else selected + 1,
        cell="5rem" if look.all_maps else CELL,
    )


def draw_closeup(look: Look, maps: dict[int, NDArray[np.float32]], feature: int, *, signed: bool) -> None:
    """Draw one feature map large, with its numbers, the original and the same map of the other snapshot."""
    panes = []
    for epoch, values in maps.items():
        title = f"feature {feature + 1}, epoch {epoch}"
        picture = map_pictures(values, look.scale, signed=signed)[feature]
        panes.append(
            Pane(title=title, picture=picture, values=values[..., feature], names=(f"epoch {epoch}",), digits=2)
        )
    panes.append(Pane(title=look.title, picture=look.image, values=look.image, names=("red", "green", "blue")))
    closeup(panes, key="activations.closeup", at=(len(panes[0].picture) // 2,) * 2, read=range(len(panes)))


def draw_kernels(run: Run, epochs: tuple[int, ...], feature: int | None) -> None:
    """Draw the first layer's kernels of one or two snapshots; each has its own scale, as training may shrink them."""
    kernels = {epoch: first_layer_kernels(run, epoch) for epoch in epochs}
    for epoch, values in kernels.items():
        height, width, _, filters = values.shape
        size = f"{filters} kernels of {height} × {width} × 3 weights"
        st.markdown(f"Epoch {epoch}: {size}, {values.min():.2f} to {values.max():.2f}".replace("-", "−"))
        mosaic(
            kernel_pictures(values),
            key="activations.kernels" if epoch == epochs[0] else "activations.other_kernels",
            alts=[f"kernel of filter {number}" for number in range(1, filters + 1)],
            columns=11,
            phone_columns=11,
            selected=feature,
            selectable=epoch == epochs[0],
            cell="2.4rem",
        )
    lesson.note(
        "Red, green and blue are a kernel's weights for these channels. Gray is zero; each epoch has its own range."
    )


def draw_maps(run: Run, epoch: int, look: Look) -> None:
    """Draw the feature maps, and what the visitor wants beside them."""
    other = 0 if epoch else (0, *run.epochs)[-1]  # a run that waits has no epoch yet
    feature = looking.choose_feature(look.layer.shape[-1])
    left, right = st.columns(2, gap="medium")
    with right:
        beside = looking.choose_beside(epoch)
    maps = {shown: maps_of(run, shown, look) for shown in dict.fromkeys((epoch, other))}
    signed = any(values.min() < 0 for values in maps.values())
    selected = feature if beside in (looking.CLOSEUP, looking.KERNELS) else None
    with left:
        looking.draw_strip(current().dataset)
        draw_grid(look, maps[epoch], key="activations.grid", signed=signed, selected=selected)
    with right:
        if beside == looking.CLOSEUP:
            draw_closeup(look, maps, feature, signed=signed)
        elif beside == looking.KERNELS:
            draw_kernels(run, tuple(maps), feature if look.layer.name == "conv2d" else None)
        else:
            draw_grid(look, maps[other], key="activations.other", signed=signed, selected=None)
    lesson.note(looking.describe(look, epoch, signed=signed))
    lesson.insight(
        "Bright means that this kernel responds here, not what the network thinks: "
        "do not read meanings into single maps."
    )


selection = current()
lesson.opening("Activations", "What do the layers make of one image?")
run = selection.run
with lesson.explained():
    if run is None or missing(run):
        st.info(missing(run))
    elif not (layers := map_layers(run.config.architecture)):
        st.info("This network has no layer with feature maps. Choose another run in the sidebar.")
    else:
        look = looking.choose_look(selection.dataset, layers)
        lesson.when_warm(partial(draw_maps, run, selection.epoch, look))
