"""Overview: the route through the lesson, a picture per stop, and what data and models are at hand."""

import streamlit as st

from core.charts.bars import percent
from core.charts.numbers import spelled
from core.data.dataset import Dataset
from core.training.routes import weights
from core.training.runs.snapshot import Snapshot
from pages.overview import takehome
from pages.overview.route import draw_network, draw_route
from pages.overview.tour import draw_tour
from pages.shared import lesson, sidebar
from pages.shared.flow import FEW_MAPS, flow, shown_layers, shown_maps
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection
from pages.shared.takehome import take_home


def draw_scales(selection: Selection) -> None:
    """Say what is drawn of the network, and what its shades mean."""
    every = shown_maps(selection.architecture)
    few = any(layer.shape[-1] > every[layer.name] for layer in shown_layers(selection.architecture))
    what = f"The first {FEW_MAPS} feature maps of each convolution" if few else "All feature maps"
    lesson.note(
        f"{what}; the maps of a layer share one scale: blue positive, white zero, orange negative, "
        "full color for the largest hundredth of its values. The head turns the last of them into "
        f"{spelled(selection.dataset.classes)} logits, with its share of all weights above it. "
        "Your browser computes all of it from the snapshot’s weights."
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
    with st.container(horizontal=True, gap="xsmall", width="content", key="overview.picker"):
        if len(dataset.split_names) > 1:
            picker.choose_split(label_visibility="collapsed")
        picker.choose_index(label_visibility="collapsed", width=130)
    label = int(picker.split.labels[picker.position])
    flow(picker.pixels, snapshot, key="overview.flow", label=label, room=True)


def usual_picker(dataset: Dataset) -> ImagePicker:
    """Return the choice of the image."""
    return ImagePicker(dataset, "test", int(dataset.test.indices[0]))


def offer_to_take_home(dataset: Dataset, snapshot: Snapshot) -> None:
    """Offer the picture of the network; the image is the one chosen when it is asked for."""
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
        if weights.fits(selection.architecture):
            draw_flow(selection.dataset, selection.snapshot)
        else:
            draw_network(selection)
            lesson.note("This network is too large for a browser. Activations shows its maps.")
lesson.insight("Move the snapshot slider in the sidebar: the network follows, from its start to its last epoch.")
if selection.snapshot:
    offer_to_take_home(selection.dataset, selection.snapshot)
    draw_scales(selection)
draw_state(selection)
