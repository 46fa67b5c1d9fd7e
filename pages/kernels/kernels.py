"""Kernels: what a convolution computes, number by number, and what a layer makes of it."""

import streamlit as st

from pages.kernels import chooser, learning, panels
from pages.kernels.insight import insight
from pages.kernels.picture import responses
from pages.kernels.stage import NINE, TUTORIAL, begin, impose, stage
from pages.kernels.stage import current as on_stage
from pages.shared import lesson
from pages.shared.sidebar import current

WRONG_OR_UNSAID = (
    "Its “random” kernel is a Laplacian edge detector: eight times the middle minus its eight neighbors.",
    "Channel 0 is red, not blue.",
    "convolve2d turns the kernel by 180 degrees before it slides, Conv2D does not. On this kernel nobody notices: "
    "it looks the same turned. Try Sobel x.",
    "The display range 0 to 1 hides every negative response, and about half of an edge is negative. Choose Signed.",
    "“Darker patches are edges” is wrong: dark is flat as well as the negative side of an edge.",
)


@st.fragment
def laboratory() -> None:
    """The picture, the stage and what goes on under it: only this part runs again when the stage changes."""
    selection = current()
    with lesson.explained():
        with st.container(horizontal=True, vertical_alignment="center"):
            source = chooser.choose_source()
            picture = chooser.choose_picture(source, selection.dataset)
            st.markdown(picture.label, width="content")
        follow_source(source)
        learning.open_chosen(selection.snapshot)
        state = stage(picture)
        output = responses(picture, state)
        lesson.insight(insight(picture, state, output))
        if picture.note:
            lesson.note(picture.note)
        panels.draw(picture, state, output)


def follow_source(source: str) -> None:
    """Set the worked example when its nine numbers are chosen, and what was there before when they are left."""
    before = st.session_state.get("kernels.source")
    st.session_state["kernels.source"] = source
    if source == before or (before is None and (source != "numbers" or "kernels.stage" in st.query_params)):
        return
    if source == "numbers":
        st.session_state["kernels.before_numbers"] = on_stage()
        impose(NINE)
    elif before == "numbers":
        impose(st.session_state.get("kernels.before_numbers", TUTORIAL))


selection = current()
lesson.opening("Kernels", "What does a convolution compute? Point at the picture and read.")
begin()
laboratory()

lesson.heading("What the tutorial gets wrong, or leaves unsaid")
lesson.points(*WRONG_OR_UNSAID)

lesson.heading("The worked example", "The nine numbers 0 to 8, kernel [[0, 1], [2, 3]], no padding.")
st.markdown(
    "0·0 + 1·1 + 3·2 + 4·3 = **19**, then one step to the right 1·0 + 2·1 + 4·2 + 5·3 = **25**, "
    "and in the second row **37** and **43**. Choose “Numbers” above and slide through it. "
    "True convolution turns the kernel first, and the first output pixel is 0·3 + 1·2 + 3·1 + 4·0 = **5**."
)

lesson.heading("Learning kernels", "A layer takes no kernels from a book: it starts with random ones and learns.")
lesson.when_warm(lambda: learning.draw_random(selection.dataset))

lesson.heading(
    "What training made of them", "The first layer of the snapshot chosen in the sidebar; epoch 0 is its start."
)
with lesson.explained():
    learning.draw_learned(selection)
