"""The network: built layer by layer, drawn to scale; then pooling, on real pixels."""

import io

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import png
from core.data.dataset import Dataset
from core.model.architecture import Architecture
from core.model.script import keras_script
from pages.shared import lesson, sidebar
from pages.shared.builder import OWN_NETWORK, builder, chosen
from pages.shared.pooling import pooling_view

CHANNELS = ("red", "green", "blue")


@st.fragment
def build_a_network(picture: str) -> None:
    """Draw the builder with what follows from the network; an edit reruns this part alone."""
    architecture = chosen()
    builder(architecture, key="network.builder", picture=picture)
    if architecture.trace().error:
        lesson.insight("A layer fits only what the layer before it hands over. The marked layer breaks the stack.")
        return
    lesson.insight(takeaway(architecture))
    with st.container(horizontal=True, gap="small"):
        own = {"network": architecture.to_text(), "training.network": OWN_NETWORK}
        st.page_link("training.py", label="Train this network", icon=":material/play_arrow:", query_params=own)
        code = keras_script(architecture)
        st.download_button("Keras script", code, "network.py", "text/x-python", key="network.script", on_click="ignore")
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
    return (
        f"{heaviest.name} holds {share:.0%} of the {architecture.parameter_count:,} parameters; "
        f"{'it also' if heaviest is busiest else busiest.name} does {work:.0%} of the multiplications."
    )


def print_summary(architecture: Architecture) -> None:
    """Show what `model.summary()` prints."""
    from core.model.network import build

    text = io.StringIO()
    build(architecture, seed=0).summary(line_length=86, print_fn=lambda line: text.write(line + "\n"))
    st.code(text.getvalue(), language=None)


@st.fragment
def pool_an_image(dataset: Dataset) -> None:
    """Draw pooling on one channel of one image."""
    split = dataset.split(dataset.split_names[0])
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        last = len(split) - 1
        index = st.number_input("Image", 0, last, min(9, last), key="network.image", bind="query-params", width=130)
        channel = st.segmented_control(
            "Channel", CHANNELS, default="red", required=True, key="network.channel", bind="query-params"
        )
        kind = st.segmented_control(
            "Keep", ("maximum", "average"), default="maximum", required=True, key="network.pool", bind="query-params"
        )
        size = st.segmented_control(
            "Window",
            (2, 3, 4),
            default=2,
            required=True,
            format_func=lambda n: f"{n} × {n}",
            key="network.window",
            bind="query-params",
        )
    values: NDArray[np.uint8] = split.images[index][..., CHANNELS.index(channel)]
    name = dataset.class_names[split.labels[index]]
    pooling_view(
        np.asarray(values),
        key="network.pooling",
        label=f"{channel} channel of image {split.indices[index]}, {name}",
        size=size,
        stride=size,
        average=kind == "average",
    )
    kept = (32 // size) ** 2
    if kind == "maximum":
        lesson.insight(
            f"Of every {size * size} numbers the largest stays: {kept:,} of 1,024. That something was there survives; "
            "where exactly in its window is forgotten."
        )
    else:
        lesson.insight(
            f"Averaging keeps {kept:,} of 1,024 numbers too, but a strong response is diluted by its neighbours."
        )


lesson.opening("Network", "How does a stack of layers turn 3,072 pixel values into ten numbers?")
dataset = sidebar.current().dataset
first = dataset.split(dataset.split_names[0])
with lesson.explained():
    build_a_network(png.data_uri(png.encode(np.asarray(first.images[min(9, len(first) - 1)]))))
    lesson.heading("Pooling", "Between convolutions the maps shrink: side by side windows, one number kept of each.")
    pool_an_image(dataset)
