"""Activations: what the layers make of one image, what each filter looks for, and what is left after every layer."""

import streamlit as st

from pages.activations import depth, filters, maps, whole
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.sidebar import current
from pages.shared.views import opened

VIEWS = {
    "Maps": (maps.draw, "What do the layers make of one image?"),
    "Network": (whole.draw, "What does the whole network make of it at once?"),
    "Filter": (filters.draw, "What does one filter look for?"),
    "Depth": (depth.draw, "What comes through, layer by layer?"),
}

selection, views = current(), OneOf("activations.view", tuple(VIEWS))
view = opened("Activations", views, {name: lead for name, (_, lead) in VIEWS.items()}, room=(14, 10))
with lesson.explained():
    if selection.snapshot is None:
        st.info(selection.missing)
    else:
        VIEWS[view][0](selection, selection.snapshot)
