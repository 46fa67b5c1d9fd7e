"""Overview: the route through the lesson, a picture per stop, and what data and models are at hand."""

import streamlit as st

from pages.shared import lesson, sidebar
from pages.shared.route import STOPS, Stop, draw_picture
from pages.shared.sidebar import Selection

COLUMNS = 4


def draw_stop(number: int, stop: Stop, selection: Selection) -> None:
    """Draw one stop of the route; the whole card is the link."""
    with st.container(key=f"overview.stop.{stop.page}", gap=None):
        with lesson.explained():
            draw_picture(stop, selection)
        st.page_link(f"{stop.page}.py", label=f"{number}  {stop.title}")
        st.html(f'<p class="route-question">{stop.question}</p>')


def draw_state(selection: Selection) -> None:
    """Say what the pictures are made of: the data and the snapshot."""
    dataset, run = selection.dataset, selection.run
    lesson.note(f"Data: {dataset.origin}")
    if run and (evaluation := run.evaluation(selection.epoch)):
        images = "test images" if run.config.recipe.validation == "test" else "images held out of the training set"
        right = f"It gets {evaluation.accuracy:.1%} of {evaluation.n:,} {images} right {run.config.data_note}".rstrip()
        lesson.note(f"Snapshot: {run.title}, epoch {selection.epoch}. {right}.")


selection = sidebar.current()
lesson.opening(
    "See how a convolutional neural network works",
    "One story, from a kernel made by hand to a trained network. Every number can be checked in Keras.",
)
cells = [column for _ in range(0, len(STOPS), COLUMNS) for column in st.columns(COLUMNS, gap="medium")]
for number, stop in enumerate(STOPS, start=1):
    with cells[number - 1]:
        draw_stop(number, stop, selection)
with cells[-1]:
    draw_state(selection)
lesson.insight("Move the snapshot slider in the sidebar: what the network knows follows, from random start to trained.")
