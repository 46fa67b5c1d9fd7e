"""Activations: what the layers make of one image, what each filter looks for, and what is left after every layer."""

import streamlit as st

from pages.activations import depth, filters, maps
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.sidebar import current

VIEWS = {
    "Maps": (maps.draw, "What do the layers make of one image?"),
    "Filter": (filters.draw, "What does one filter look for?"),
    "Depth": (depth.draw, "What comes through, layer by layer?"),
}

selection, views = current(), OneOf("activations.view", tuple(VIEWS))
title, switch = st.columns([14, 10], vertical_alignment="bottom")
with switch, st.container(horizontal_alignment="right"):
    view = views.segments("View", label_visibility="collapsed")
draw, question = VIEWS[view]
with title:
    lesson.opening("Activations", question)
with lesson.explained():
    if selection.snapshot is None:
        st.info(selection.missing)
    else:
        draw(selection, selection.snapshot)
