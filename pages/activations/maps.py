"""The view of the maps: what every layer makes of one image, before and after training."""

from collections.abc import Iterable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.data.dataset import Dataset
from core.model.inference.inspection import map_layers
from core.training.runs.snapshot import Snapshot
from pages.activations import beside, looking, takehome
from pages.activations.looking import Look
from pages.activations.map_grid import TUTORIAL_MAPS, MapGrid
from pages.shared import lesson
from pages.shared.sidebar import Selection
from pages.shared.takehome import take_home


def _maps_of(snapshot: Snapshot, look: Look) -> NDArray[np.float32]:
    """Return the feature maps (h, w, count) of the chosen layer and image in one snapshot."""
    return cached.feature_maps(snapshot, look.image.tobytes(), look.before)[look.layer.name]


def _grid_of(snapshot: Snapshot, look: Look, limits: tuple[float, float], *, signed: bool) -> MapGrid:
    """Return what is drawn of one snapshot: the image and its maps."""
    return MapGrid(
        snapshot=snapshot,
        layer=look.layer.name,
        image=look.image.tobytes(),
        before=look.before,
        scale=look.scale,
        limits=limits,
        signed=signed,
        all_maps=look.all_maps,
    )


def _range_of(maps: Iterable[NDArray[np.float32]]) -> tuple[float, float]:
    """Return the lowest and the highest value of several layers' maps."""
    return min(float(values.min()) for values in maps), max(float(values.max()) for values in maps)


def draw(selection: Selection, snapshot: Snapshot) -> None:
    """Draw the view, or say why there is nothing to see."""
    if layers := map_layers(snapshot.architecture):
        look = looking.choose_look(selection.dataset, layers)
        lesson.when_warm(lambda: _draw_maps(selection.dataset, snapshot, look))
    else:
        st.info("This network has no layer with feature maps. Choose another run in the sidebar.")


def _draw_maps(dataset: Dataset, snapshot: Snapshot, look: Look) -> None:
    """Draw the feature maps, and what the visitor wants beside them."""
    epoch = snapshot.epoch
    other = Snapshot(snapshot.run, 0 if epoch else (0, *snapshot.run.epochs)[-1])  # its files may be gone meanwhile
    choice = looking.beside_at(epoch)
    feature = looking.choose_feature(look.layer, look.layers, choice)
    left, right = st.columns(2, gap="medium")
    with right:
        stands = choice.segments("Beside it", label_visibility="collapsed")
    maps = {shown.epoch: _maps_of(shown, look) for shown in (snapshot, other)}
    together = stands != looking.KERNELS  # both snapshots' maps are on the screen
    limits = _range_of(maps.values() if together else [maps[epoch]])
    signed = limits[0] < 0
    selected = feature if stands in (looking.CLOSEUP, looking.KERNELS) else None
    with left:
        looking.draw_strip(look.picker)
        grid = _grid_of(snapshot, look, limits, signed=signed)
        grid.draw(look.title, key="activations.grid", selected=selected)
    with right:
        if stands == looking.CLOSEUP:
            beside.draw_closeup(look, maps, feature, limits, signed=signed)
        elif stands == looking.KERNELS:
            beside.draw_kernels([snapshot, other][: len(maps)], feature if look.layer.name == "conv2d" else None)
        else:
            _grid_of(other, look, limits, signed=signed).draw(look.title, key="activations.other", selected=None)
    lesson.insight(looking.takeaway(look.layer, signed=signed))
    lesson.note(looking.describe(look, epoch, limits, together=together))
    seen = [values if look.all_maps else values[..., :TUTORIAL_MAPS] for values in maps.values()]
    if look.layer.kind == "convolution" and not all(drawn.any(axis=(0, 1)).all() for drawn in seen[: 1 + together]):
        lesson.note(looking.ZERO_EVERYWHERE)
    take_home("activations.home", lambda: takehome.offer(dataset, look, grid, maps[epoch]))
