"""Fool it: the smallest change of a picture that changes the answer, and whether the other networks fall for it."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import percent
from core.data.dataset import Dataset
from core.model.experiments.adversarial import BOUNDS, MOST, WAYS
from core.training.runs.catalogue import runs_on
from core.training.runs.snapshot import Snapshot
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import Layout, mosaic
from pages.shared.table import table
from pages.shared.takehome import File, picture
from pages.shared.waiting import result

HARDLY_SEEN = 8
"""Of 255: the bound that robustness on images of this size is usually measured with."""

NOT_FOOLED = (
    "None of the changes tried changes the answer: FGSM and PGD move each number by up to "
    f"{BOUNDS[-1]} of 255, DeepFool gives up after {MOST} steps."
)
_FOOL = "classify.fool"
_WAY = OneOf("classify.fooled_by", tuple(WAYS))


def draw(dataset: Dataset, snapshot: Snapshot, pixels: NDArray[np.uint8]) -> None:
    """Draw, where a visitor opens it, the picture, the change and the changed picture with their answers."""
    with st.expander("Fool it", key=_FOOL, on_change="rerun") as details:
        if not details.open:
            return
        way = _WAY.segments("The smallest change, by")
        asked = way, snapshot, pixels.tobytes()
        searched = result(cached.fooling, *asked, text="A change is being looked for.", key="classify.fooling")
        if not searched:
            if searched is not None:
                lesson.note(NOT_FOOLED)
            return
        (found,) = searched
        answers = cached.probabilities(snapshot, np.stack([pixels, found.image]).tobytes())
        names = dataset.class_names
        said = [f"{names[row.argmax()]} {percent(float(row.max()))}" for row in answers]
        change = found.image.astype(int) - pixels
        factor = max(1, 127 // found.largest)
        shown = np.stack([pixels, np.clip(128 + factor * change, 0, 255).astype(np.uint8), found.image])
        captions = [said[0], f"the change, {factor} times as strong, on gray", said[1]]
        layout: Layout = {"columns": 3, "phone_columns": 3, "cell": "13rem"}
        mosaic(shown, key="classify.fooled", captions=captions, selectable=False, **layout)
        lesson.note(
            f"{size(change)} Goodfellow et al. 2015 (FGSM), Madry et al. 2018 (PGD), Moosavi-Dezfooli et al. 2016 "
            "(DeepFool)."
        )
        _draw_others(dataset, pixels, found.image)


def size(change: NDArray[np.integer]) -> str:
    """Say how large a change of a picture (32, 32, 3) is, of 255, and whether it is one that eyes miss."""
    largest, mean = int(np.abs(change).max()), np.abs(change).mean()
    seen = "; eyes hardly see it" if largest <= HARDLY_SEEN else ""
    return f"No number of a pixel changes by more than {largest} of 255, on average by {mean:.2g}{seen}."


def files(snapshot: Snapshot, pixels: NDArray[np.uint8]) -> list[File]:
    """Return the changed picture, to be answered elsewhere, where a visitor looks at it."""
    if not st.session_state.get(_FOOL):
        return []
    searched = cached.fooling(_WAY.value(), snapshot, pixels.tobytes())
    found = searched.result() if searched.finished else ()
    return [picture("The picture that fools it, 32 × 32", "fooled", partial(np.asarray, each.image)) for each in found]


def _draw_others(dataset: Dataset, pixels: NDArray[np.uint8], changed: NDArray[np.uint8]) -> None:
    """Tell what the other shipped networks answer to both pictures."""
    names, both, rows = dataset.class_names, np.stack([pixels, changed]).tobytes(), {}
    for run in runs_on(dataset):
        if run.shipped and run.epochs:
            before, after = cached.probabilities(Snapshot(run, run.epochs[-1]), both)
            told = [f"{names[row.argmax()]} {percent(float(row.max()))}" for row in (before, after)]
            rows[run.title] = [*told, "no" if before.argmax() == after.argmax() else "yes"]
    if len(rows) > 1:
        st.markdown("Do the others fall for it, after their last epoch?")
        table(["the picture", "changed", "falls for it"], rows)
