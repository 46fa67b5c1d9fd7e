"""Watching a run: curves, first-layer kernels and pinned images, drawn in the browser from the server's JSON."""

import contextlib
import time
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts import png
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.model.inference import warm
from core.model.quality.evaluation import softmax
from core.training.data import divide, validation_fingerprint
from core.training.routes.live import quantized
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.shared import lesson, sidebar
from pages.shared.component import component
from pages.shared.told import entries, ignore, text, told, whole
from pages.training import controls

PINNED = 8
_PINNED, _HEARD = "training.pinned", "training.heard"

_component = component(__file__)


def live_view(run: Run, dataset: Dataset, *, key: str) -> None:
    """Draw the run as it stands; the browser asks for news by itself until the run has ended.

    A change of state, or a new snapshot, runs the page's script again, so that buttons and sidebar follow.

    Args:
        run: trained or training, shipped or a visitor's.
        dataset: of the run's family; its first validation images are the pinned ones.
    """
    sidebar.watch()
    pinned = st.session_state.get(_PINNED)
    if pinned is None or pinned[0] != (run.id, dataset.name):
        pinned = st.session_state[_PINNED] = ((run.id, dataset.name), *_pinned(run, dataset))
    _, images, labels = pinned
    data: dict[str, Any] = {
        "run": run.id,
        "url": f"live/runs/{run.id}",
        "state": run.status().state,
        "shipped": run.shipped,
        "about": about(run),
        "classes": list(dataset.class_names),
        "labels": labels.tolist(),
        "pictures": png.data_uri(png.sprite(images, len(images))) if len(images) else "",
        "final": _final(run, dataset, images),
        "buttons": controls.buttons_of(run),
        "heard": st.session_state.setdefault(_HEARD, time.time()),  # tells the browser apart which session it talks to
    }
    _component(key=key, data=data, on_news_change=ignore, on_wish_change=lambda: _hear(run, key))


def about(run: Run) -> str:
    """Say on what a run was trained and validated; no figure of it is shown without this."""
    recipe, config = run.config.recipe, run.config
    if recipe.validation == "test":
        evaluation = Snapshot(run, 0).evaluation()
        count = f"{evaluation.n:,} " if evaluation else ""
        text = f"validated on the {count}test images, as in the tutorial"
    else:
        text = f"validated on {100 * recipe.held_out:.0f} % of the training images, held out"
    note = f", {config.data_note}" if config.data_note else ""
    return f"{config.title}; {text}{note}. Seed {config.seed}."


def _pinned(run: Run, dataset: Dataset) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The first validation images with their labels; none where they are not at hand."""
    if run.config.recipe.validation == "test":
        return np.asarray(dataset.test.images[:PINNED]), np.asarray(dataset.test.labels[:PINNED])
    try:
        parts = divide(dataset, run.config.recipe, run.config.seed)
    except ConvscopeError:
        return np.empty((0, 32, 32, 3), np.uint8), np.empty(0, np.uint8)
    return np.asarray(parts.validation_images[:PINNED]), np.asarray(parts.validation_labels[:PINNED])


def _final(run: Run, dataset: Dataset, images: NDArray[np.uint8]) -> dict[str, Any] | None:
    """What the newest snapshot holds and answers to the pinned images: shown when nothing is live."""
    if not run.epochs:
        return None
    newest = Snapshot(run, run.epochs[-1])
    kernels = np.empty((0, 0, 3, 0), np.float32)
    with contextlib.suppress(ConvscopeError):  # no convolution, or a damaged file: the answers may still be there
        kernels = newest.first_layer_kernels()
    answers = np.empty((0, dataset.classes))
    with lesson.explained():  # too many others ask at this moment, or a damaged file: the curves are still there
        answers = _answers(newest, dataset, images)
    return {"epoch": newest.epoch, "kernels": quantized(kernels), "probabilities": answers.round(4).tolist()}


def _answers(snapshot: Snapshot, dataset: Dataset, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return probabilities (n, classes) for the pinned images: the stored ones only when made on these very pixels.

    None (0, classes) where the network has to be asked and TensorFlow is not loaded yet; the page is drawn anew then.
    """
    logits, config = snapshot.logits(), snapshot.run.config
    made_on = validation_fingerprint(dataset, config.recipe, config.seed)
    if logits is not None and config.fingerprint == made_on:
        return softmax(logits[:PINNED].astype(np.float64))
    if warm.is_warm() and len(images):
        return cached.probabilities(snapshot, images.tobytes())
    if len(images):
        lesson.when_warm(lambda: None)
    return np.empty((0, dataset.classes))


def _hear(run: Run, key: str) -> None:
    """Do once what a button asks for; its number goes back, so that the browser knows that it was heard."""
    wish = entries(told(key, "wish"))
    count = whole(wish.get("number"), below=2**53)  # milliseconds
    if count is not None and count != st.session_state.get(_HEARD):
        st.session_state[_HEARD] = count
        controls.obey(run, text(wish.get("wish"), 20) or "")
