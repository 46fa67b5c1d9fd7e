"""The route through the lesson: one stop a page, each with a picture made from the data and the snapshot at hand."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import colour, png
from core.charts.maps import kernel_pictures
from core.charts.network_drawing import draw
from core.charts.sparkline import sparkline
from core.data import photographs, uploads
from core.data.reference import tutorial_image
from core.model.architecture import Architecture
from core.model.inspection import has_convolution
from core.model.snapshots import first_layer_kernels
from core.ops.convolution import convolution
from core.ops.kernels import kernel
from pages.shared.builder.table import volumes
from pages.shared.sidebar import Selection

_component = st.components.v2.component(
    "convscope.route",
    css=(Path(__file__).parent / "route.css").read_text(),
    js="export default ({ parentElement, data }) => { parentElement.querySelector('.route').innerHTML = data; };",
    html='<div class="route"></div>',
)


def draw_picture(stop: "Stop", selection: Selection) -> None:
    """Draw a stop's picture; its SVG and HTML are our own, nothing in them comes from a visitor."""
    _component(key=f"overview.picture.{stop.page}", data=stop.picture(selection))


def draw_network(selection: Selection) -> None:
    """Draw the chosen run's network to scale with a test image before it, as large as the page is wide."""
    image = png.data_uri(png.encode(np.asarray(selection.dataset.test.images[0])))
    drawing = draw(volumes(_architecture(selection)), picture=image)
    _component(key="overview.picture", data=f'<div class="large">{drawing}</div>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop of the route.

    Attributes:
        page: file name of the page, without its ending.
        title: what the link says.
        question: what the visitor finds out there.
        picture: makes the picture, as HTML.
    """

    page: str
    title: str
    question: str
    picture: Callable[[Selection], str]


def _image(pixels: NDArray[np.uint8], alt: str) -> str:
    return f'<img src="{png.data_uri(png.encode(pixels))}" alt="{html.escape(alt)}">'


def _side_by_side(first: NDArray[np.uint8], second: NDArray[np.uint8], alt: str) -> str:
    return _image(png.sprite(np.stack([first, second]), 2, gap=2), alt)


def _dataset(selection: Selection) -> str:
    split = selection.dataset.split(selection.dataset.split_names[0])
    return _image(png.sprite(split.images[:15], 5, gap=2), f"The first fifteen images of {selection.dataset.title}")


def _kernels(selection: Selection) -> str:
    image, _, _ = tutorial_image(selection.dataset, "train", 9)
    response = convolution(image[..., 0], kernel("tutorial-edge", 3))
    pictures = np.repeat(image[..., :1], 3, axis=-1), colour.signed(response, float(np.abs(response).max()) / 2)
    return _side_by_side(*pictures, "The red channel of an image, and its edges")


def _network(selection: Selection) -> str:
    return draw(volumes(_architecture(selection)))


def _architecture(selection: Selection) -> Architecture:
    return selection.run.config.architecture if selection.run else Architecture.tutorial()


def _training(selection: Selection) -> str:
    table = selection.run.epoch_table() if selection.run else {}
    if not len(table.get("epoch", ())):
        return ""
    label = "Training and validation accuracy, epoch by epoch"
    return sparkline([table["accuracy"], table["val_accuracy"]], low=0, high=1, label=label)


def _predictions(selection: Selection) -> str:
    evaluation = selection.run.evaluation(selection.epoch) if selection.run else None
    if evaluation is None:
        return ""
    counts = np.asarray(evaluation.confusion, np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return _image(colour.signed(shares, 1.0), "Confusion matrix: true classes down, predicted classes across")


def _activations(selection: Selection) -> str:
    run = selection.run
    if not run or not run.epochs or not has_convolution(run.config.architecture):
        return ""
    pictures = kernel_pictures(first_layer_kernels(run, selection.epoch))[:32]
    return _image(png.sprite(pictures, 8, gap=1), "The kernels of the first layer")


def _classify(selection: Selection) -> str:
    photograph = uploads.crop_square(photographs.load(photographs.names()[1]))
    small = uploads.to_network_input(photograph)
    step = max(1, len(photograph) // 256)
    sharp = photograph[::step, ::step][:256, :256]
    enlarged = small.repeat(8, axis=0).repeat(8, axis=1)
    return _side_by_side(
        sharp, enlarged[: len(sharp), : len(sharp)], "A photograph, and what is left of it at 32 × 32 pixels"
    )


STOPS = (
    Stop(page="dataset", title="Dataset", question="What does a network get to see?", picture=_dataset),
    Stop(page="kernels", title="Kernels", question="What can nine numbers find?", picture=_kernels),
    Stop(page="network", title="Network", question="How do layers add up?", picture=_network),
    Stop(page="training", title="Training", question="How does it learn its numbers?", picture=_training),
    Stop(page="predictions", title="Predictions", question="What does it get right?", picture=_predictions),
    Stop(page="activations", title="Activations", question="What does it respond to?", picture=_activations),
    Stop(page="classify", title="Classify", question="And your own picture?", picture=_classify),
)
