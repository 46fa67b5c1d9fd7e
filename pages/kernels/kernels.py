"""Kernels: what a convolution computes, number by number, and what a layer makes of it."""

import streamlit as st

from pages.kernels import chooser, learning, panels
from pages.kernels.insight import insight
from pages.kernels.picture import responses
from pages.kernels.stage import ON_NUMBERS, ON_PICTURES, begin, stage
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import clicked
from pages.shared.sidebar import Selection, current
from pages.shared.views import opened

BY_HAND, RANDOM, LEARNED = "By hand", "Random", "Learned"
BY_FINGER = "What does a convolution compute? Tap and read; a finger scrolls at a picture’s edge."
LEADS = {
    BY_HAND: "What does a convolution compute? Point and read.",
    RANDOM: "Where do kernels come from? At first, from chance.",
    LEARNED: "What did training make of them?",
}


@st.fragment
def laboratory(selection: Selection) -> None:
    """The picture, the stage and what goes on under it: only this part runs again when the stage changes."""
    with lesson.explained():
        with st.container(horizontal=True, vertical_alignment="center"):
            source = chooser.choose_source()
            picture = chooser.choose_picture(source, selection.dataset)
            st.markdown(picture.label, width="content")
        choice = ON_NUMBERS if source == "numbers" else ON_PICTURES
        learning.open_chosen(selection.snapshot, choice)
        state = stage(picture, choice)
        output = responses(picture, state)
        lesson.insight(insight(picture, state, output))
        if picture.note:
            lesson.note(picture.note)
        panels.draw(picture, state, output)


selection, views = current(), OneOf("kernels.view", tuple(LEADS))
if clicked(learning.KEY) is not None:
    views.choose(BY_HAND)
view = opened("Kernels", views, LEADS, room=(2, 1), tapped=BY_FINGER)
if view == BY_HAND:
    begin()
    laboratory(selection)
elif view == RANDOM:
    lesson.when_warm(lambda: learning.draw_random(selection.dataset))
else:
    with lesson.explained():
        learning.draw_learned(selection)
