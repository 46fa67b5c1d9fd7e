"""The network: built layer by layer, drawn to scale; then pooling, on real pixels."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core import cached
from core.charts import png
from core.charts.numbers import spelled
from core.model.structure.architecture import Architecture
from core.model.structure.script import keras_script
from core.model.structure.trace import LayerRow
from pages.network import takehome
from pages.network.builder import builder
from pages.network.pooling.section import pool_an_image
from pages.shared import lesson, sidebar
from pages.shared.own_network import OWN_NETWORK
from pages.shared.takehome import take_home


@st.fragment
@lesson.explained()
def build_a_network(picture: str, classes: int) -> None:
    """Draw the builder with what follows from the network; an edit reruns this part alone."""
    architecture = builder(classes=classes, key="network.builder", picture=picture)
    if architecture.trace(classes).error:
        lesson.insight("A layer fits only what the layer before it hands over. The marked layer breaks the stack.")
        return
    lesson.insight(takeaway(architecture))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        own = {"network": architecture.to_text(), "training.network": OWN_NETWORK}
        st.page_link("training/training.py", label="Train this network", icon=":material/play_arrow:", query_params=own)
        st.download_button(
            "Keras script",
            lambda: keras_script(architecture),  # written when asked for: an edit must not leave a dead link behind
            "network.py",
            "text/x-python",
            key="network.script",
            on_click="ignore",
        )
        take_home("network.home", lambda: takehome.offer(architecture, picture))
    with st.expander(
        "The same as Keras counts it: model.summary()", key="network.summary", on_change="rerun"
    ) as details:
        if details.open:
            lesson.when_warm(lambda: print_summary(architecture))


def takeaway(architecture: Architecture) -> str:
    """Say where the parameters are and where the work is done: seldom in the same layer."""
    rows = [row for row in architecture.rows() if row.parameters]
    heaviest = max(rows, key=lambda row: row.parameters)
    busiest = max(rows, key=lambda row: row.multiply_adds)
    share = heaviest.parameters / architecture.parameter_count
    work = busiest.multiply_adds / architecture.multiply_adds
    worker = "it also" if heaviest is busiest else f"the {in_words(busiest, rows)}"
    return (
        f"The {in_words(heaviest, rows)} holds {100 * share:.0f} % of the {architecture.parameter_count:,} parameters; "
        f"{worker} does {100 * work:.0f} % of the multiplications. Kernel size, padding, stride and the number of "
        "filters are chosen; only the parameters are learned."
    )


def in_words(row: LayerRow, rows: Sequence[LayerRow]) -> str:
    """Name a layer as the table is read: "only Conv2D", "first Dense", "Conv2D number 12"."""
    alike = [other for other in rows if other.kind == row.kind]
    place = alike.index(row)
    ordinals = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if len(alike) == 1:
        return f"only {row.kind}"
    return f"{ordinals[place]} {row.kind}" if place < len(ordinals) else f"{row.kind} number {place + 1}"


def print_summary(architecture: Architecture) -> None:
    """Show what Keras prints of the network."""
    st.code(cached.summary(architecture), language=None)


looked_at = sidebar.current()
classes = looked_at.dataset.classes
lesson.opening("Network", f"How does a stack of layers turn 3,072 pixel values into {spelled(classes)} numbers?")
split = looked_at.dataset.split(looked_at.dataset.split_names[0])
build_a_network(png.data_uri(np.asarray(split.images[min(9, len(split) - 1)])), classes)
lesson.heading("Pooling", "Between convolutions the maps shrink: windows side by side, one number out of each.")
pool_an_image(looked_at)
