"""The confusion matrix beside the images of a cell, and the scores of every class."""

import numpy as np
import streamlit as st

from core.charts.bars import bars, percent
from core.charts.confusion import mistakes
from core.charts.numbers import counted
from core.model.quality.answers import Answers
from core.model.quality.evaluation import Evaluation
from core.model.quality.scores import class_scores, interval, top
from pages.predictions import classes
from pages.predictions.answers import Answered, favorite_mistake
from pages.predictions.confusion import SHARES, clicked_cell, confusion_table
from pages.predictions.grid import CELL_IMAGES, PAGE_SIZE
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import mosaic
from pages.shared.table import table

_MATRIX, _STORED = "predictions.confusion", "predictions.stored_confusion"
FREQUENT = 10
MOST_IMAGES = min(20, PAGE_SIZE)
"""At a time; a click opens one of them on the first page of the grid, so no more than stand there."""
_PICTURE = "clamp(3.6rem, (100vh - 25rem) / 4, 9rem)"


def draw(answered: Answered) -> None:
    """Draw the matrix, the images of its chosen cell or the most frequent mistakes, and the scores."""
    names, here = answered.dataset.class_names, answered.stored is None
    if (told := clicked_cell(_MATRIX, len(names))) is not None:
        classes.choose_cell(None if classes.chosen_cell(names) == told else told, names)  # again: all
    cell = classes.chosen_cell(names) if here else None
    left, right = st.columns([11, 9], gap="large")
    with left:
        shares = OneOf("predictions.shares", SHARES).segments("Cells show", label_visibility="collapsed")
        key = _MATRIX if here else _STORED
        confusion_table(answered.reported.confusion, names, key=key, selected=cell, selectable=here, shares=shares)
    with right:
        if cell is None:
            _draw_mistakes(answered, selectable=here)
        else:
            _draw_images(answered, cell)
    lesson.insight(favorite_mistake(answered, answered.reported) if cell is None else both_ways(answered, cell))
    if not here:
        lesson.note(f"Of {answered.on}: {percent(answered.reported.accuracy)} right.")
    _draw_scores(answered)


def both_ways(answered: Answered, cell: tuple[int, int]) -> str:
    """Say how often a cell happens, and the other way round."""
    counts, names = answered.evaluation.confusion, answered.dataset.class_names
    true, answer = cell
    images, are = f"{counted(counts[true].sum(), 'image')} of class {names[true]}", counted(counts[cell], "is", "are")
    if true == answer:
        of_answers = counted(counts[:, answer].sum(), f"is “{names[answer]}”", f"are “{names[answer]}”")
        return f"Of {images}, {are} answered correctly. Of all answers {of_answers}."
    back = f"Of {counts[answer].sum():,} of class {names[answer]}, {counted(counts[answer, true], 'is', 'are')}"
    return f"Of {images}, {are} taken for {names[answer]}. {back} taken for {names[true]}."


def accuracies(answers: Answers) -> dict[str, tuple[int, tuple[float, float]]]:
    """Return how many answers are right counting the first, two or three guesses, with the interval of the share."""
    n, most = answers.logits.shape
    words = {1: "first guess", 2: "first two", 3: "first three"}
    found = {words[count]: top(answers.logits, answers.labels, count) for count in words if count < most}
    return {name: (hits, interval(hits, n)) for name, hits in found.items()}


def _draw_mistakes(answered: Answered, *, selectable: bool) -> None:
    names, found = answered.dataset.class_names, mistakes(answered.reported.confusion)[:FREQUENT]
    labels = [f"{names[mistake.true]} taken for {names[mistake.predicted]}" for mistake in found]
    shares = [mistake.share for mistake in found]
    st.markdown("Most frequent mistakes, as a share of the true class")
    st.html(bars(labels, shares, [percent(share) for share in shares], label="Most frequent mistakes"))
    if selectable:
        lesson.note("A click on a cell shows its images here.", tapped="A tap on a cell shows its images here.")


def _draw_images(answered: Answered, cell: tuple[int, int]) -> None:
    dataset, answers, (true, answer) = answered.dataset, answered.answers, cell
    names = dataset.class_names
    places = answers.select(true=true, answer=answer, order="most confident first")
    shown = places[:MOST_IMAGES].tolist()
    most = f". The {len(shown)} most confident:" if len(shown) < len(places) else ", the most confident first"
    kind = f"**{lesson.plain(names[true])}** answered **{lesson.plain(names[answer])}**"
    st.markdown(f"{kind}: {len(places):,}{most if shown else ''}")
    if not shown:
        lesson.note("This never happened.")
        return
    captions = [percent(answers.confidence[place]) for place in shown]
    told = [
        f"test image {dataset.test.indices[place]}, {names[answer]} with {text}"
        for place, text in zip(shown, captions, strict=True)
    ]
    mosaic(dataset.test.images[shown], key=CELL_IMAGES, captions=captions, alts=told, picture=_PICTURE, cell="9rem")
    lesson.note("A click opens an image among the answers.", tapped="A tap opens an image among the answers.")


def _draw_scores(answered: Answered) -> None:
    """Draw accuracy with its interval, then precision, recall and F1 of every class."""
    evaluation: Evaluation = answered.reported
    lesson.heading("Class by class", f"Of {answered.on}.")
    facts = {}
    if answered.stored is None:
        for words, (hits, (low, high)) in accuracies(answered.answers).items():
            share = percent(hits / evaluation.n)
            facts[f"right with the {words}"] = f"{share} ({100 * low:.1f} to {100 * high:.1f})"
    lesson.facts(**facts)
    scores, counts = class_scores(evaluation.confusion), evaluation.confusion
    rows = {
        name: [
            f"{counts[place].sum():,}",
            *(_written(values[place]) for values in (scores.recall, scores.precision, scores.f1)),
        ]
        for place, name in enumerate(answered.dataset.class_names)
    }
    table(["images", "recall", "precision", "F1"], rows)
    lesson.note(
        "Recall: which part of a class’s images is found. Precision: which part of its answers is right. F1: their "
        "harmonic mean. In brackets: the 95 % confidence interval (Wilson 1927)."
    )


def _written(share: float) -> str:
    return "none" if np.isnan(share) else percent(share)
