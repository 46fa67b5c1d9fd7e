"""The map of all test images beside those inside a line, or those whose labels the shipped networks doubt."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import percent
from core.charts.numbers import counted
from core.model.quality.answers import Answers
from core.training.runs.catalogue import runs_on
from core.training.runs.snapshot import Snapshot
from core.training.studies.layout import NEIGHBORS
from core.web import thumbnails
from pages.predictions import duplicates
from pages.predictions.answers import Answered
from pages.predictions.map import Lasso, draw_map, drawn_lasso, picked
from pages.shared import lesson
from pages.shared.choices import Coded, OneOf
from pages.shared.image_picker import ImagePicker
from pages.shared.mosaic import clicked, mosaic

DOUBTS, DUPLICATES = "labels in doubt", "near-duplicates"
MAP, _BESIDE = "predictions.map", "predictions.beside_map"
MOST = 12
FEWEST = 200
"""Of fewer images one's neighbors on the map are not near."""

_LASSO = Coded("predictions.lasso", reads=Lasso.from_text, writes=lambda lasso: lasso.text, usual=Lasso())
_SAYS = {
    "t-SNE": (
        "t-SNE (van der Maaten and Hinton 2008) keeps neighbors together; how far apart groups lie, and how large they "
        "are, means little."
    ),
    "principal components": "These are the two directions in which the numbers vary most: what lies apart is apart.",
}
_PICTURE = "clamp(3.6rem, (100vh - 28rem) / 3, 9rem)"


def draw(answered: Answered) -> None:
    """Draw the map, and beside it some of its images."""
    run, dataset = answered.snapshot.run, answered.dataset
    test, found = dataset.test, layouts(answered)
    if not found:
        lesson.note("There is a map for each run that comes with Convscope, of all test images it was validated on.")
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        way = OneOf("predictions.way", tuple(found)).segments("Laid out by")
        places = found[way]
        lasso, chosen = _choose(answered, places)
        images = thumbnails.path(dataset, "test")
        shown = {"lasso": list(lasso.corners), "chosen": chosen}
        draw_map(places, answered.answers, dataset.class_names, key=MAP, images=images, **shown)
    with right:
        if lasso.corners:
            _draw_inside(answered, np.flatnonzero(lasso.holds(places)))
        else:
            _draw_list(answered)
    near = f" It was laid out with all it was validated on; here are {len(test):,} of them."
    if len(test) >= FEWEST:
        share = percent(cached.purity(dataset.name, run, way))
        near = f" Of the {NEIGHBORS} images next to one on the map, {share} show its class."
    lesson.insight(f"What the network sees alike lies close.{near}")
    lesson.note(
        f"Each dot is one of {len(test):,} test images {dataset.figures_note}, placed by what goes into the last layer "
        f"of “{run.title}” after epoch {run.epochs[-1]}, and colored by its true class. {_SAYS[way]}"
    )


def layouts(answered: Answered) -> dict[str, NDArray[np.float32]]:
    """Return where the test images at hand lie, (n, 2), by the way they are laid out; nothing where that is unknown."""
    stored, indices = cached.layout(answered.snapshot.run), answered.dataset.test.indices
    known = stored and len(indices) > NEIGHBORS and indices.max() < min(map(len, stored.values()))
    return {way: places[indices] for way, places in stored.items()} if known else {}


def _choose(answered: Answered, places: NDArray[np.float32]) -> tuple[Lasso, int]:
    """Return what is drawn around, and the position of the chosen image; a click on either side chooses it."""
    if (drawn := drawn_lasso(MAP)) is not None:
        _LASSO.choose(drawn)
    lasso: Lasso = _LASSO.value()
    test = answered.dataset.test
    picker = ImagePicker(answered.dataset, "test", int(test.indices[0]))
    at = picked(MAP, len(test))
    if (beside := clicked(_BESIDE)) is not None:
        near = _inside(answered.answers, lasso, places) if lasso.corners else _doubtful(answered)
        at = int(near[beside]) if beside < len(near) else at
    if at is not None:
        picker.choose("test", int(test.indices[at]))
    position = picker.position
    return lasso, position if picker.split_name == "test" else -1


def _inside(answers: Answers, lasso: Lasso, places: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.flatnonzero(lasso.holds(places))[:MOST]


def _doubtful(answered: Answered) -> NDArray[np.int64]:
    found = cached.doubtful(answered.dataset.name, _shipped(answered))
    return found.positions[:MOST] if found else np.array([], np.int64)


def _shipped(answered: Answered) -> tuple[Snapshot, ...]:
    return tuple(Snapshot(run, run.epochs[-1]) for run in runs_on(answered.dataset) if run.shipped and run.epochs)


def _draw_inside(answered: Answered, places: NDArray[np.int64]) -> None:
    """Draw the images inside the line, and what they are."""
    answers, names = answered.answers, answered.dataset.class_names
    counts = np.bincount(answers.labels[places], minlength=len(names))
    most = [f"{counts[each]:,} {names[each]}" for each in np.argsort(-counts, kind="stable")[:3] if counts[each]]
    right = f", {percent(float(answers.right[places].mean()))} answered correctly" if len(places) else ""
    st.markdown(lesson.plain(f"{counted(len(places), 'image')} inside the line: {', '.join(most) or 'none'}{right}"))
    captions = [f"{names[answers.predicted[each]]} ({names[answers.labels[each]]})" for each in places[:MOST]]
    _draw_images(answered, places[:MOST], captions)
    lesson.note("A click beside all dots takes the line away.", tapped="A tap beside all dots takes the line away.")


def _draw_list(answered: Answered) -> None:
    """Draw what else is known of the test images: doubtful labels, or which of them are training images too."""
    lists = (DOUBTS, DUPLICATES) if duplicates.pairs_of(answered) else (DOUBTS,)
    chosen = OneOf("predictions.list", lists)
    if len(lists) > 1:
        chosen.segments("Beside the map", label_visibility="collapsed")
    if chosen.value() == DUPLICATES:
        duplicates.draw(answered)
    else:
        _draw_doubts(answered)


def _draw_doubts(answered: Answered) -> None:
    """Draw images about which all shipped networks agree, against the label."""
    tapped = "Press “Draw a line”, then draw around dots with a finger."
    lesson.note("Draw a line around dots to see their images here.", tapped=tapped)
    shipped = _shipped(answered)
    found = cached.doubtful(answered.dataset.name, shipped)
    if found is None or len(shipped) < 2 or not len(found.positions):
        return
    names, labels = answered.dataset.class_names, answered.answers.labels
    st.markdown(
        f"Is the label right? On {counted(len(found.positions), 'image')} {len(shipped)} networks answer the same, "
        "and the label is another. The surest:"
    )
    shown = found.positions[:MOST]
    captions = [f"{names[one]}? ({names[labels[at]]})" for one, at in zip(found.answers, shown, strict=False)]
    _draw_images(answered, shown, captions)


def _draw_images(answered: Answered, places: NDArray[np.int64], captions: list[str]) -> None:
    if len(places):
        images = answered.dataset.test.images[places.tolist()]
        mosaic(images, key=_BESIDE, captions=captions, picture=_PICTURE, cell="9rem", columns=4)
