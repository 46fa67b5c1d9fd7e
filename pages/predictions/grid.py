"""The images in a grid, each labeled "predicted (true)", beside the probabilities of the chosen one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import streamlit as st

from core.charts.bars import probability_bars
from core.charts.numbers import spelled
from core.data import browsing
from core.data.dataset import Dataset
from core.model.quality.answers import Answers, Order, Show
from pages.predictions import classes
from pages.predictions.answers import Answered, favorite_mistake
from pages.shared import lesson
from pages.shared.choices import OneOf, Whole
from pages.shared.image_picker import ImagePicker
from pages.shared.mosaic import clicked, mosaic

CELL_IMAGES = "predictions.cell"
"""Key of the images of a cell of the confusion matrix, the most confident first."""
PAGE_SIZE = 25
PICTURE = "clamp(4.1rem, (100vh - 23.2rem) / 5, 10rem)"  # five rows fill the window, whatever its height
SHOWS, ORDERS = get_args(Show), get_args(Order)
_SHOW, _ORDER = OneOf("predictions.show", SHOWS, usual="all"), OneOf("predictions.order", ORDERS)
_PAGE = Whole("predictions.page", 1, 1)


def show_cell() -> None:
    """Choose what lists the images of the chosen cell in the order of `CELL_IMAGES`, before anything is drawn."""
    _SHOW.choose("all")
    _ORDER.choose("most confident first")
    _PAGE.choose(1)


def draw(answered: Answered) -> list[int]:
    """Draw the grid beside the chosen image; return the positions of the images in it."""
    dataset, answers = answered.dataset, answered.answers
    left, right = st.columns([11, 9], gap="medium")
    with right:
        places = _choose(answers, dataset.class_names)
    if places:
        picked = clicked("predictions.mosaic")
        chosen = chosen_among(dataset, places, clicked(CELL_IMAGES) if picked is None else picked)
        with left:
            _draw_grid(dataset, answers, places, chosen)
        with right:
            draw_answer(dataset, answers, chosen)
    else:
        left.info("No test image fits these choices. Choose another class, or show all.")
    lesson.insight(favorite_mistake(answered, answered.evaluation))
    logits = f"the {spelled(dataset.classes)} logits"
    lesson.note(f"Softmax turns {logits} into these probabilities; the answer is their argmax, the largest.")
    return places


def draw_answer(dataset: Dataset, answers: Answers, chosen: int) -> None:
    """Draw one image and the probability of every class."""
    names, true = dataset.class_names, int(answers.labels[chosen])
    verdict = "right" if answers.right[chosen] else "wrong"
    picture, words = st.columns([1, 2], gap="small", vertical_alignment="center", wrap=False)
    with picture:
        lesson.picture(dataset.test.images[chosen], f"test image of class {names[true]}")
    with words:
        lesson.facts(
            test_image=f"{dataset.test.indices[chosen]:,}", answer=f"{names[answers.predicted[chosen]]}, {verdict}"
        )
    st.html(probability_bars(answers.probabilities[chosen], names, true=true))


def _choose(answers: Answers, names: tuple[str, ...]) -> list[int]:
    """Draw which answers to show: right or wrong, by class, in which order, which page; return positions."""
    with st.container(horizontal=True, wrap=False):
        show = _SHOW.segments("Show", on_change=_order_mistakes)
        order = _ORDER.select("Order")
    with st.container(horizontal=True, wrap=False, gap="xsmall"):
        true, answer = (choice.select(label) for label, choice in classes.choices(names).items())
        found = answers.select(
            show=show, true=classes.position(true, names), answer=classes.position(answer, names), order=order
        )
        pages = browsing.page_count(len(found), PAGE_SIZE)
        number = replace(_PAGE, high=pages).number(f"Page of {pages:,}", width=128)
    return browsing.page(found, number, PAGE_SIZE).tolist()


def chosen_among(dataset: Dataset, places: list[int], picked: int | None) -> int:
    """Return the position of the chosen image: the one clicked, else the one chosen before, else the first."""
    test = dataset.test
    picker = ImagePicker(dataset, "test", int(test.indices[places[0]]))
    if picked is not None and picked < len(places):
        picker.choose("test", int(test.indices[places[picked]]))
    position = picker.position  # looked at whatever the split is: a split alone is half a name in the address
    return position if picker.split_name == "test" and position in places else places[0]


def _draw_grid(dataset: Dataset, answers: Answers, places: list[int], chosen: int) -> None:
    names = dataset.class_names
    captions = [f"{names[answers.predicted[place]]} ({names[answers.labels[place]]})" for place in places]
    marks = ["right" if answers.right[place] else "wrong" for place in places]
    draw_images(dataset, places, captions, chosen, key="predictions.mosaic", marks=marks, picture=PICTURE)


def draw_images(
    dataset: Dataset,
    places: list[int],
    captions: list[str],
    chosen: int,
    *,
    key: str,
    picture: str,
    marks: Sequence[str] = (),
) -> None:
    """Draw the test images at these positions, one of which is the chosen one; see `mosaic`."""
    indices = dataset.test.indices[places]
    mosaic(
        dataset.test.images[places],
        key=key,
        captions=captions,
        alts=[f"test image {index}: {text}" for index, text in zip(indices, captions, strict=True)],
        marks=marks,
        selected=places.index(chosen),
        cell="10rem",
        picture=picture,
    )


def _order_mistakes() -> None:
    """Begin the mistakes with the most confident one, everything else with the first image."""
    _ORDER.choose(ORDERS[1] if _SHOW.value() == "wrong" else ORDERS[0])
    _PAGE.choose(1)
