"""Predictions: what the chosen snapshot answers to the test images, where it goes wrong, and how sure it is."""

import streamlit as st

from pages.predictions import atlas, comparison, confidence, grid, matrix, takehome
from pages.predictions.answers import Answered, score, test_answers
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import clicked
from pages.shared.sidebar import current
from pages.shared.takehome import take_home
from pages.shared.views import opened

ANSWERS, CONFUSION, CONFIDENCE, COMPARE, MAP = "Answers", "Confusion", "Confidence", "Compare", "Map"
LEADS = {
    ANSWERS: "How well does it do on images it has never learned from?",
    CONFUSION: "What does it take for what?",
    CONFIDENCE: "Is it right as often as it claims to be?",
    COMPARE: "What does one get right, another wrong?",
    MAP: "Which images does it see alike?",
}
WATCHED = (
    "As in the tutorial, these test images were its validation data too. Watching them flatters nothing; whoever "
    "chooses an epoch, a run or a setting by them sees figures that are a little too kind."
)


def draw(answered: Answered, view: str) -> None:
    """Draw one view of the answers, and what there is to take home of all of them."""
    shown: list[int] = []
    if view == CONFUSION:
        matrix.draw(answered)
    elif view == CONFIDENCE:
        confidence.draw(answered)
    elif view == COMPARE:
        comparison.draw(answered)
    elif view == MAP:
        atlas.draw(answered)
    else:
        shown = grid.draw(answered)
    take_home("predictions.home", lambda: takehome.offer(answered, shown))
    if answered.snapshot.run.config.recipe.validation == "test":
        lesson.note(WATCHED)


views = OneOf("predictions.view", tuple(LEADS))
if clicked(grid.CELL_IMAGES) is not None:
    views.choose(ANSWERS)
    grid.show_cell()
selection = current()
with lesson.explained():
    answered = test_answers(selection.dataset, selection.snapshot) if selection.snapshot else None
    told = {ANSWERS: score(answered)} if answered else {}
    view = opened("Predictions", views, LEADS | told, room=(7, 8))
    if answered is not None:
        draw(answered, view)
    elif selection.snapshot is None:
        st.info(selection.missing)
