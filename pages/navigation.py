"""The script every visitor runs: page config, navigation, sidebar, then the chosen page."""

from pathlib import Path

import streamlit as st

from pages.shared import glossary, links, sidebar

HERE = Path(__file__).parent
STYLE = HERE / "shared" / "style.css"

st.set_page_config(page_title="Convscope", page_icon=str(HERE / "shared" / "icon.svg"), layout="wide")
st.html(STYLE)
st.logo(HERE / "shared" / "logo.svg", size="large", icon_image=HERE / "shared" / "icon.svg")

PAGES = [
    st.Page(HERE / "overview.py", title="Overview", default=True),
    st.Page(HERE / "dataset.py", title="Dataset"),
    st.Page(HERE / "kernels.py", title="Kernels"),
    st.Page(HERE / "network.py", title="Network"),
    st.Page(HERE / "training.py", title="Training"),
    st.Page(HERE / "predictions.py", title="Predictions"),
    st.Page(HERE / "activations.py", title="Activations"),
    st.Page(HERE / "classify.py", title="Classify"),
]
page = st.navigation(PAGES)
links.check_page([one.title for one in PAGES])
links.drop_impossible()
glossary.explain_words()
sidebar.draw()
page.run()
