"""Overview: the route through the lesson, a picture per stop, and what data and models are at hand."""

from functools import partial

import numpy as np
import streamlit as st

from core import cached
from core.charts.bars import percent
from core.model.evaluation import softmax
from core.model.inspection import map_layers
from core.training.runs import Run
from pages.shared import lesson, links, sidebar
from pages.shared.flow import flow
from pages.shared.route import STOPS, draw_network, draw_picture
from pages.shared.sidebar import Selection


def draw_route(selection: Selection) -> None:
    """Draw the stops in one row; each card is a link."""
    with st.container(key="overview.route"):
        for number, (column, stop) in enumerate(zip(st.columns(len(STOPS), gap="small"), STOPS, strict=True), start=1):
            with column, st.container(key=f"overview.stop.{stop.page}", gap=None):
                with lesson.explained():
                    draw_picture(stop, selection)
                st.page_link(f"{stop.page}.py", label=f"{number} {stop.title}")
                st.html(f'<p class="route-question">{stop.question}</p>')


def draw_state(selection: Selection) -> None:
    """Say what the pictures are made of: the data and the snapshot."""
    dataset, run = selection.dataset, selection.run
    lesson.note(f"Data: {dataset.origin}")
    if run and (evaluation := run.evaluation(selection.epoch)):
        images = "test images" if run.config.recipe.validation == "test" else "images held out of the training set"
        right = (
            f"It gets {percent(evaluation.accuracy)} of {evaluation.n:,} {images} right {run.config.data_note}".rstrip()
        )
        lesson.note(f"Snapshot: {run.title}, epoch {selection.epoch}. {right}.")


@st.fragment
@lesson.explained()
def draw_flow(selection: Selection, run: Run) -> None:
    """Draw one image on its way through the chosen snapshot; another image reruns this part alone."""
    from core.model.inspection import feature_maps

    test, last = selection.dataset.test, len(selection.dataset.test) - 1
    links.check_number("overview.image", 0, last)
    links.clamp("overview.image", 0, last)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(
            '<p class="route-lead">One image on its way to its answer: point at a map, or walk with the arrow keys.</p>'
        )
        index = st.number_input(
            f"Test image 0 to {last:,}", 0, last, key="overview.image", bind="query-params", persist_state="session",
            label_visibility="collapsed", width=130,
        )  # fmt: skip
    image, label = np.asarray(test.images[index]), int(test.labels[index])
    network = cached.network(run.id, selection.epoch)
    kinds = {layer.name: layer.kind for layer in map_layers(run.config.architecture)}
    maps = {name: values for name, values in feature_maps(network, image).items() if kinds[name] != "other"}
    logits = np.asarray(network(image[np.newaxis].astype(np.float32) / np.float32(255), training=False))
    pooling = frozenset(name for name, kind in kinds.items() if kind == "pooling")
    names = selection.dataset.class_names
    flow(image, maps, softmax(logits)[0], names, key="overview.flow", pooling=pooling, label=label)
    lesson.note(
        "The first eight feature maps of each layer, each from black at its minimum to white at its maximum; "
        "where there are negative values: blue positive, white zero, orange negative."
    )


selection = sidebar.current()
lesson.opening(
    "See how a convolutional neural network works", "From a kernel made by hand to a trained network, step by step."
)
draw_route(selection)
if selection.run and selection.run.epochs:
    with st.container(key="overview.network"):
        lesson.when_warm(partial(draw_flow, selection, selection.run), meanwhile=partial(draw_network, selection))
lesson.insight("Move the snapshot slider in the sidebar: what the network knows follows, from random start to trained.")
draw_state(selection)
