"""The chosen snapshot's answers to the test images: stored ones at once, others computed while the page waits."""

from dataclasses import replace
from typing import get_args

import streamlit as st

from core import cached
from core.bounded import forget
from core.charts.bars import percent
from core.charts.confusion import mistakes
from core.data import browsing
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.model import warm
from core.model.answers import Answers, Order, Show
from core.model.evaluation import Evaluation
from core.training.snapshot import Snapshot
from pages.predictions.confusion import clicked_cell
from pages.shared import lesson
from pages.shared.choices import OneOf, Whole
from pages.shared.image_picker import ImagePicker
from pages.shared.picking import clicked

PAGE_SIZE = 25
ANY = "any"
SHOWS, ORDERS = get_args(Show), get_args(Order)
_SHOW, _ORDER = OneOf("predictions.show", SHOWS, usual="all"), OneOf("predictions.order", ORDERS)
_PAGE = Whole("predictions.page", 1, 1)


def test_answers(dataset: Dataset, snapshot: Snapshot) -> Answers | None:
    """Return the answers, or draw how far they are and return None; the page is drawn anew when they are there.

    Logits stored with the run are used only when they were made on these very images.
    """
    stored = cached.stored_answers(dataset.name, snapshot)
    if stored is not None:
        return stored
    if not warm.is_warm():
        lesson.when_warm(lambda: None)
        return None
    scoring = cached.test_scoring(dataset.name, snapshot)
    if not scoring.wait(0.5):
        _wait_for(dataset.name, snapshot)
        return None
    try:
        return cached.computed_answers(dataset.name, snapshot)
    except ConvscopeError:
        forget(cached.test_scoring, dataset.name, snapshot)
        raise


@st.fragment(run_every=0.4)
def _wait_for(name: str, snapshot: Snapshot) -> None:
    scoring = cached.test_scoring(name, snapshot)
    if scoring.wait(0):
        st.rerun()
    text = f"The network answers {scoring.total:,} test images: {scoring.scored:,} done."
    st.progress(scoring.scored / max(1, scoring.total), text=text)


def score(dataset: Dataset, answers: Answers) -> str:
    """Say how many test images were answered rightly, and on which data."""
    n, right = len(answers.labels), int(answers.right.sum())
    where = dataset.figures_note or f"on {dataset.title}"
    return f"{right:,} of {n:,} test images right: {percent(right / n)}, {where}."


def favorite_mistake(dataset: Dataset, evaluation: Evaluation) -> str:
    """Say which mistake is the most frequent one."""
    found = mistakes(evaluation.confusion)
    if not found:
        return "Every one of these images is answered rightly."
    first, names = found[0], dataset.class_names
    images = round(first.count / first.share)
    kind = f"{names[first.true]} taken for {names[first.predicted]}"
    return f"Its most frequent mistake: {kind}, {first.count} of {images:,} times."


def choose_answers(answers: Answers, names: tuple[str, ...]) -> list[int]:
    """Draw which answers to show: right or wrong, by class, in which order, which page; return positions."""
    if (cell := clicked_cell("predictions.confusion", len(names))) is not None:
        _show_cell(cell, names)
    with st.container(horizontal=True, wrap=False):
        show = _SHOW.segments("Show", on_change=_order_mistakes)
        order = _ORDER.select("Order")
    with st.container(horizontal=True, wrap=False, gap="xsmall"):
        true, answer = (choice.select(label) for label, choice in _classes(names).items())
        found = answers.select(show=show, true=_position(true, names), answer=_position(answer, names), order=order)
        pages = browsing.page_count(len(found), PAGE_SIZE)
        number = replace(_PAGE, high=pages).number(f"Page of {pages:,}", width=128)
    return browsing.page(found, number, PAGE_SIZE).tolist()


def chosen_answer(dataset: Dataset, shown: list[int]) -> int:
    """Return the position of the chosen image: the one clicked, else the one chosen before, else the first."""
    test = dataset.test
    picker = ImagePicker(dataset, "test", int(test.indices[shown[0]]))
    picked = clicked("predictions.mosaic")
    if picked is not None and picked < len(shown):
        picker.choose("test", int(test.indices[shown[picked]]))
    position = picker.position  # looked at whatever the split is: a split alone is half a name in the address
    return position if picker.split_name == "test" and position in shown else shown[0]


def chosen_cell(names: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the cell of the confusion matrix that the class filters stand for, or None."""
    true, answer = (_position(choice.value(), names) for choice in _classes(names).values())
    return None if true is None or answer is None else (true, answer)


def _classes(names: tuple[str, ...]) -> dict[str, OneOf]:
    keys = {"True class": "predictions.true", "Answer": "predictions.answer"}
    return {label: OneOf(key, (ANY, *names)) for label, key in keys.items()}


def _position(name: str, names: tuple[str, ...]) -> int | None:
    return None if name == ANY else names.index(name)


def _order_mistakes() -> None:
    """Begin the mistakes with the most confident one, everything else with the first image."""
    _ORDER.choose(ORDERS[1] if _SHOW.value() == "wrong" else ORDERS[0])
    _PAGE.choose(1)


def _show_cell(cell: tuple[int, int], names: tuple[str, ...]) -> None:
    """Show the images of one cell of the confusion matrix; a second click shows all again."""
    again = chosen_cell(names) == cell
    for choice, place in zip(_classes(names).values(), cell, strict=True):
        choice.choose(ANY if again else names[place])
    _SHOW.choose("all")
    _ORDER.choose(ORDERS[0] if again else ORDERS[1])
    _PAGE.choose(1)
