"""Overview: the route through the lesson, a picture per stop, and what data and models are at hand."""

from functools import partial

import streamlit as st

from core.charts.bars import percent
from core.charts.numbers import spelled
from core.data.dataset import Dataset
from core.model import warm
from core.training.snapshot import Snapshot
from pages.overview import takehome
from pages.overview.flow import flow
from pages.overview.route import draw_network, draw_route
from pages.overview.tour import draw_tour
from pages.shared import lesson, sidebar
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection
from pages.shared.takehome import take_home


def draw_scales(dataset: Dataset) -> None:
    """Say what is drawn of the network, and what its shades mean."""
    lesson.note(
        "The first eight feature maps of each layer, each from black at its minimum to white at its maximum; where "
        "there are negative values: blue positive, white zero, orange negative. The head turns the last of them into "
        f"{spelled(dataset.classes)} logits, with its share of all parameters."
    )


def draw_state(selection: Selection) -> None:
    """Say what the pictures are made of: the data and the snapshot."""
    dataset, snapshot = selection.dataset, selection.snapshot
    lesson.note(f"Data: {dataset.origin}")
    if snapshot and (evaluation := snapshot.evaluation()):
        run = snapshot.run
        images = "test images" if run.config.recipe.validation == "test" else "images held out of the training set"
        right = (
            f"It gets {percent(evaluation.accuracy)} of {evaluation.n:,} {images} right {run.config.data_note}".rstrip()
        )
        lesson.note(f"Snapshot: {run.title}, epoch {snapshot.epoch}. {right}.")


@st.fragment
@lesson.explained()
def draw_flow(dataset: Dataset, snapshot: Snapshot) -> None:
    """Draw one image on its way through the chosen snapshot; another image reruns this part alone."""
    picker = usual_picker(dataset)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        way = "One image on its way to its answer"
        lead = lesson.by_hand(f"{way}: point at a map, or use the arrow keys.", f"{way}: tap a map.")
        st.html(f'<p class="route-lead">{lead}</p>')
        with st.container(horizontal=True, gap="xsmall", width="content"):
            if len(dataset.split_names) > 1:
                picker.choose_split(label_visibility="collapsed")
            picker.choose_index(label_visibility="collapsed", width=130)
    flow(picker, snapshot, key="overview.flow")


def usual_picker(dataset: Dataset) -> ImagePicker:
    """Return the choice of the image."""
    return ImagePicker(dataset, "test", int(dataset.test.indices[0]))


def offer_to_take_home(dataset: Dataset, snapshot: Snapshot) -> None:
    """Offer the picture of the network, once it can be drawn; the image is the one chosen when it is asked for."""
    if warm.is_warm():
        take_home("overview.home", lambda: takehome.offer(dataset, snapshot, usual_picker(dataset)))


selection = sidebar.current()
title, tour = st.columns([7, 3], gap="small")
with title:
    lesson.opening(
        "See how a convolutional neural network works", "From a kernel made by hand to a trained network, step by step."
    )
with tour:
    draw_tour()
draw_route(selection)
if selection.snapshot:
    with st.container(key="overview.network"):
        lesson.when_warm(
            partial(draw_flow, selection.dataset, selection.snapshot), meanwhile=partial(draw_network, selection)
        )
lesson.insight("Move the snapshot slider in the sidebar: what the network knows follows, from its start to trained.")
if selection.snapshot:
    offer_to_take_home(selection.dataset, selection.snapshot)
    draw_scales(selection.dataset)
draw_state(selection)
