"""The script every visitor runs: page config, navigation, sidebar, then the chosen page."""

from pathlib import Path

import streamlit as st

from core.observing import counts
from pages.registry import PAGES
from pages.shared import choices, glossary, links, sidebar

HERE = Path(__file__).parent

st.logo(HERE / "shared" / "logo.svg", size="large", icon_image=HERE / "shared" / "icon.svg")

lesson = [st.Page(each.script, title=each.title, default=each is PAGES[0]) for each in PAGES]
page = st.navigation(lesson)
icon = str(HERE / "shared" / "icon.svg")
st.set_page_config(page_title=f"{page.title} · Convscope", page_icon=icon, layout="wide")
links.check_page([each.title for each in PAGES])
links.check_length()
choices.begin(page.url_path)
glossary.explain_words()
onward = lesson[(lesson.index(page) + 1) % len(lesson)]
with counts.page_run(page.title.lower()), st.container(key=f"page.{page.title.lower()}"):  # no block of another page's
    sidebar.draw(next(each.unmoved for each in PAGES if each.title == page.title))
    page.run()
    with st.container(key="shell.onward"):
        st.page_link(onward, label=f"Next: {onward.title}" if onward is not lesson[0] else "Back to the overview")
choices.end()
