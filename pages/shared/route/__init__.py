"""The route through the lesson: one stop a page, each with a picture made from the data and the snapshot at hand."""

import html
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts import colour, png
from core.charts.maps import kernel_pictures
from core.charts.network_drawing import draw
from core.charts.sparkline import sparkline
from core.data import photographs, uploads
from core.data.reference import tutorial_image
from core.errors import ConvscopeError
from core.model.architecture import Architecture
from core.model.inspection import has_convolution
from core.model.snapshots import first_layer_kernels
from core.ops.convolution import convolution
from core.ops.kernels import kernel
from core.training.catalogue import find_run
from pages.shared.builder.table import volumes
from pages.shared.component import component, packed
from pages.shared.sidebar import Selection

_component = component(__file__)


def draw_route(selection: Selection) -> None:
    """Draw the stops in one row; each is a link."""
    run = selection.run
    data = _packed_route(selection.dataset.name, run.id if run else "", selection.epoch, run.epochs if run else ())
    _component(key="overview.route", data=data)


@remembered(16)
def _packed_route(dataset: str, run: str, epoch: int, epochs: tuple[int, ...]) -> bytes:
    """Return the stops as the component takes them; the pictures depend on the arguments alone."""
    chosen = find_run(run) if run else None
    selection = Selection(dataset=cached.dataset(dataset), run=chosen, epoch=epoch)
    stops = "".join(_link(number, stop, selection) for number, stop in enumerate(STOPS, start=1))
    return packed({"shown": f"{dataset} {run} {epoch} {epochs}", "html": f'<nav class="route">{stops}</nav>'})


def _link(number: int, stop: "Stop", selection: Selection) -> str:
    try:
        picture = stop.picture(selection)
    except ConvscopeError as error:  # a damaged file costs this picture, not the route
        picture = f"<p>{html.escape(str(error))}</p>"
    return (
        f'<a href="{stop.page}"><div class="picture">{picture}</div>'
        f'<p class="title">{number} {stop.title}</p><p class="question">{stop.question}</p></a>'
    )


def draw_network(selection: Selection) -> None:
    """Draw the chosen run's network to scale with a test image before it, as large as the page is wide."""
    drawing = draw(volumes(_architecture(selection)), picture=png.data_uri(selection.dataset.test.images[0]))
    _component(key="overview.picture", data={"shown": drawing, "html": f'<div class="large">{drawing}</div>'})


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
    return f'<img src="{png.data_uri(pixels)}" alt="{html.escape(alt)}">'


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
