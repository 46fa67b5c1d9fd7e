"""A page's title, the question of the view that is drawn, and the switch between its views."""

from collections.abc import Mapping

import streamlit as st

from pages.shared import lesson
from pages.shared.choices import OneOf


def opened(title: str, views: OneOf, leads: Mapping[str, str], *, room: tuple[int, int], tapped: str = "") -> str:
    """Draw title and switch, `room` their shares of the width; return the view. `tapped`: the first view's question."""
    left, right = st.columns(room, vertical_alignment="bottom")
    with right, st.container(horizontal_alignment="right"):
        view: str = views.segments("View", label_visibility="collapsed")
    with left:
        lesson.opening(title, leads[view], tapped=tapped if view == next(iter(leads)) else "")
    return view
