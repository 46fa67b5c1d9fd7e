"""Classify: the visitor's own pictures, what the network answers, and where the answer rests."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import probability_bars
from core.charts.numbers import spelled
from core.data.dataset import Dataset
from core.model.inference import warm
from core.training.runs.snapshot import Snapshot
from pages.classify import choosing, fooling, methods, pictures, takehome
from pages.classify.question import Question, ask
from pages.shared import lesson
from pages.shared.flow import can_show, flow
from pages.shared.sidebar import Selection, current
from pages.shared.takehome import take_home

SEEN = "min(100%, max(8.5rem, 21vh))"  # what lies below the network's picture stays on the first screen


def draw_answer(
    dataset: Dataset, snapshot: Snapshot, pixels: NDArray[np.uint8], values: NDArray[np.float64]
) -> Question:
    """Draw what the network sees, where its answer rests, and the probability of every class; return what is asked."""
    question = ask(snapshot, pixels, dataset.class_names, int(values.argmax()))
    seen, rests = st.columns(2, gap="small", wrap=False)
    with seen:
        what = "What the network sees: 32 × 32 pixels."
        lesson.picture(pixels, "the picture as the network sees it", width=SEEN, caption=what)
    with rests:
        why = question.explanation.sentence.format(answer=question.name)
        lesson.picture(question.overlay, f"where the answer {question.name} rests", width=SEEN, caption=why)
    st.html(probability_bars(values, dataset.class_names))
    return question


def draw_page(selection: Selection) -> None:
    """Draw pictures on the left, the answer on the right, and what explains it below."""
    dataset, snapshot = selection.dataset, selection.snapshot
    left, right = st.columns(2, gap="medium")
    with left:
        everything = pictures.receive()
    chosen = choosing.chosen_among(everything)
    inputs = np.stack([choosing.network_input(picture) for picture in everything])
    answers: list[str] = []
    with right:
        if snapshot is None:
            st.info(selection.missing)
        elif not warm.is_warm():
            lesson.when_warm(lambda: None)
        else:
            values = cached.probabilities(snapshot, inputs.tobytes())
            answers = [dataset.class_names[row.argmax()] for row in values]
            question = draw_answer(dataset, snapshot, inputs[chosen], values[chosen])
    with left, st.container(key="classify.pictures"):
        choosing.draw(everything, inputs, chosen, answers)
    names = ", ".join(dataset.class_names)
    lesson.insight(
        f"All it knows is {names}: a picture of anything else still gets one of these {spelled(dataset.classes)}, "
        "often with confidence."
    )
    if snapshot and answers:
        methods.tell(question)
        methods.compare(question)
        fooling.draw(dataset, snapshot, inputs[chosen])
        named = [picture.name for picture in everything]  # not the pictures: what is removed leaves no trace
        take_home("classify.home", lambda: takehome.offer(question, named, chosen, values))
    if snapshot and can_show(snapshot.architecture):
        lesson.heading("The whole network at work on it")
        with st.container(key="classify.network"):
            flow(inputs[chosen], snapshot, key="classify.flow")


lesson.opening("Classify", "What does the network say about your own picture?")
with lesson.explained():
    draw_page(current())
