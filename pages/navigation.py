"""The script every visitor runs: page config, navigation, sidebar, then the chosen page."""

from pathlib import Path

import streamlit as st

from pages.registry import PAGES
from pages.shared import choices, glossary, links, sidebar

HERE = Path(__file__).parent
STYLE = HERE / "shared" / "style.css"

st.set_page_config(page_title="Convscope", page_icon=str(HERE / "shared" / "icon.svg"), layout="wide")
st.html(STYLE)
st.logo(HERE / "shared" / "logo.svg", size="large", icon_image=HERE / "shared" / "icon.svg")

page = st.navigation([st.Page(each.script, title=each.title, default=each is PAGES[0]) for each in PAGES])
links.check_page([each.title for each in PAGES])
links.check_length()
choices.begin(page.url_path)
glossary.explain_words()
sidebar.draw(next(each.unmoved for each in PAGES if each.title == page.title))
page.run()
