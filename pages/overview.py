"""Overview: the route through the lesson, a picture per stop, and what data and models are at hand."""

import streamlit as st

from core.training.runs import list_runs
from pages.shared import lesson, sidebar
from pages.shared.route import STOPS, Stop
from pages.shared.sidebar import Selection

COLUMNS = 4


def draw_stop(number: int, stop: Stop, selection: Selection) -> None:
    """Draw one stop of the route; the whole card is the link."""
    with st.container(key=f"overview.stop.{stop.page}", gap=None):
        with lesson.explained():
            st.html(f'<div class="route-picture">{stop.picture(selection)}</div>')
        st.page_link(f"{stop.page}.py", label=f"{number}  {stop.title}")
        st.html(f'<p class="route-question">{stop.question}</p>')


def draw_state(selection: Selection) -> None:
    """Draw what the pictures are made of: the data and the snapshot."""
    dataset, run = selection.dataset, selection.run
    images = len(dataset.train) + len(dataset.test)
    runs = list_runs(dataset.family)
    lesson.facts(data=f"{dataset.title}, {images:,} images", runs=f"{len(runs)} trained on it")
    if run and (evaluation := run.evaluation(selection.epoch)):
        note = f" {run.config.data_note}" if run.config.data_note else ""
        lesson.facts(
            snapshot=f"{run.title}, epoch {selection.epoch}",
            accuracy=f"{evaluation.accuracy:.1%} of {evaluation.n:,} images{note}",
        )


selection = sidebar.current()
lesson.opening(
    "See how a convolutional neural network works",
    "One story, from a kernel made by hand to a trained network. Every number can be checked in Keras.",
)
for start in range(0, len(STOPS) + 1, COLUMNS):
    for offset, column in enumerate(st.columns(COLUMNS, gap="medium")):
        with column:
            if start + offset < len(STOPS):
                draw_stop(start + offset + 1, STOPS[start + offset], selection)
            else:
                draw_state(selection)
lesson.insight("Move the snapshot slider in the sidebar: every picture follows, from random start to trained.")
