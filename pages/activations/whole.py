"""The view of the whole network: every map of every layer at once, computed in the browser."""

import streamlit as st

from core.training.runs.snapshot import Snapshot
from pages.activations.looking import TUTORIAL_IMAGE, choose_image, draw_strip
from pages.shared import lesson
from pages.shared.flow import can_show, flow
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection


def draw(selection: Selection, snapshot: Snapshot) -> None:
    """Draw the view, or say why there is none."""
    if not can_show(snapshot.architecture):
        st.info("This network is too large for a browser. The view Maps shows it layer by layer.")
        return
    picker = ImagePicker(selection.dataset, "train", TUTORIAL_IMAGE)
    with st.container(horizontal=True, gap="xsmall"):
        choose_image(picker)
        with st.container(key="activations.first-ten"):
            draw_strip(picker)
    with st.container(key="activations.network"):
        flow(picker.pixels, snapshot, key="activations.flow", label=int(picker.split.labels[picker.position]))
    told = "a map, and it unfolds into what it is computed from; change the image, and all of it follows."
    lesson.insight(f"Click {told}", tapped=f"Tap {told}")
