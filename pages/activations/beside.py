"""What stands beside the maps of Activations: one of them large, or the kernels that made them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.maps import kernel_pictures, map_pictures
from core.charts.numbers import counted
from core.charts.numbers import signed as written
from core.config import CHANNELS
from core.training.runs.snapshot import Snapshot
from pages.activations.looking import Look
from pages.shared import lesson
from pages.shared.closeup import Pane, closeup
from pages.shared.mosaic import mosaic


def draw_closeup(
    look: Look, maps: dict[int, NDArray[np.float32]], feature: int, limits: tuple[float, float], *, signed: bool
) -> None:
    """Draw one feature map large, with its numbers, the original and the same map of the other snapshot."""
    panes = []
    for epoch, values in maps.items():
        title = f"feature {feature + 1}, epoch {epoch}"
        picture = map_pictures(values, look.scale, signed=signed, limits=limits)[feature]
        numbers = values[..., feature]
        panes.append(Pane(title=title, picture=picture, values=numbers, names=(f"epoch {epoch}",), digits=2))
    panes.append(Pane(title=look.title, picture=look.image, values=look.image, names=CHANNELS))
    closeup(panes, key="activations.closeup", read=range(len(panes)))


def draw_kernels(snapshots: Sequence[Snapshot], feature: int | None) -> None:
    """Draw the first layer's kernels of one or two snapshots; each has its own scale, as training may shrink them."""
    kernels = {snapshot.epoch: snapshot.first_layer_kernels() for snapshot in snapshots}
    for epoch, values in kernels.items():
        height, width, _, filters = values.shape
        size = f"{counted(filters, 'kernel')} of {height} × {width} × 3 weights"
        st.markdown(f"Epoch {epoch}: {size}, {written(values.min(), '.2f')} to {written(values.max(), '.2f')}")
        mosaic(
            kernel_pictures(values),
            key="activations.kernels" if epoch == snapshots[0].epoch else "activations.other_kernels",
            alts=[f"kernel of filter {number}" for number in range(1, filters + 1)],
            columns=11,
            phone_columns=11,
            selected=feature,
            selectable=epoch == snapshots[0].epoch,
            cell="4rem",
        )
    lesson.note(
        "Red, green and blue are a kernel's weights for these channels. Gray is zero; each epoch has its own range."
    )
