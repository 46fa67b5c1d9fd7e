"""Training: choose a recipe, watch it learn, compare runs, and travel through the epochs."""

import numpy as np
import streamlit as st

from core import cached
from core.model.inference import warm
from core.model.inference.inspection import has_convolution, map_layers
from core.training.runs.run import Run
from core.training.runs.snapshot import NO_CONVOLUTION, Snapshot
from pages.shared import lesson, sidebar
from pages.shared.choices import OneOf, Whole
from pages.shared.sidebar import Selection
from pages.shared.takehome import take_home
from pages.shared.views import opened
from pages.training import controls, insights, takehome
from pages.training.compare import compare
from pages.training.listing import list_of_runs
from pages.training.live import live_view
from pages.training.timemachine import time_machine
from pages.training.timemachine.moment import Moment

REPORTED = (
    "The tutorial itself reports a validation accuracy of 41.4 % after epoch 1 and 62.3 % after epoch 10, "
    "on the official pixels and with another seed."
)
VIEWS = ("Train", "Compare", "Time machine")


def train(chosen: Selection) -> None:
    """Draw the settings with the start button, and the run chosen in the sidebar as it stands."""
    if len(chosen.dataset.train):
        with lesson.explained():
            controls.choose_and_start(chosen.dataset)
    else:
        lesson.note(
            f"“{chosen.dataset.title}” has no training images. To train, choose another data set in the sidebar. "
            "Below: a run that was trained on all of them."
        )
    controls.problem()
    if chosen.run is None:
        return
    run = chosen.run
    live_view(run, chosen.dataset, key="training.live")
    lesson.insight(insights.of_curves(run))
    controls.afterwards(run, also=lambda: offer_to_take_home(run, chosen.snapshot))
    lesson.note(insights.AVERAGES)
    if run.shipped and run.config.recipe.name == "tutorial":
        lesson.note(REPORTED)
    list_of_runs(chosen)


def offer_to_take_home(run: Run, snapshot: Snapshot | None) -> None:
    """Offer the run and its snapshot, once there is one."""
    if snapshot is not None:
        take_home("training.home", lambda: takehome.offer(run, snapshot))


def travel(chosen: Selection) -> None:
    """Draw the time machine for one pinned image."""
    snapshot, data = chosen.snapshot, chosen.dataset
    if snapshot is None:
        lesson.note(chosen.missing)
        return
    run = snapshot.run
    if not has_convolution(snapshot.architecture):
        lesson.note(NO_CONVOLUTION)
        return
    split, layers = data.test, [layer.name for layer in map_layers(snapshot.architecture)]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with lesson.beside("Test image"):
            pinned = Whole("training.image", 0, len(split) - 1)
            index = pinned.number("Test image", width=130, label_visibility="collapsed")
        with lesson.beside("Feature maps of"):
            layer = OneOf("training.layer", layers).select("Feature maps of", width=190, label_visibility="collapsed")

    def moment() -> Moment:
        image = np.asarray(split.images[index])
        return Moment(
            run=run,
            frames=cached.frames(tuple(Snapshot(run, epoch) for epoch in run.epochs), layer, image),
            image=image,
            label=int(split.labels[index]),
            class_names=data.class_names,
            epoch=snapshot.epoch,
        )

    with lesson.explained():
        lesson.when_warm(
            lambda: time_machine(moment(), key="training.machine", on_epoch=lambda epoch: sidebar.choose(epoch=epoch))
        )
        lesson.insight(insights.of_progress(run))
    if warm.is_warm():
        take_home("training.moment", lambda: takehome.offer_of_moment(moment()))


question = "How far does it get, epoch by epoch?"
view = opened("Training", OneOf("training.view", VIEWS), dict.fromkeys(VIEWS, question), room=(3, 2))
chosen = sidebar.current()
if view == "Train":
    train(chosen)
elif view == "Compare":
    compare(chosen)
else:
    travel(chosen)
