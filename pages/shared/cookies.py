"""What needs cookies, and what to say where a browser keeps none: site data blocked, or another site's frame."""

from urllib.parse import urlencode

import streamlit as st

from pages.shared import lesson

_TOKEN = "_streamlit_xsrf"
"""Streamlit's cookie against forged requests, without which it takes no file: it answers 403."""


def kept() -> bool:
    """Return whether the visitor's browser keeps our cookies, as uploads need."""
    return bool(st.context.cookies.get(_TOKEN)) or not st.get_option("server.enableXsrfProtection")


def explain() -> None:
    """Say why no file can be sent, and offer the page in a tab of its own."""
    lesson.note(
        "Sending a picture needs cookies, and this browser keeps none for this page: they are blocked, or the page "
        "stands in a frame of another site. Open it in a tab of its own, or allow cookies for it."
    )
    query = urlencode(st.query_params.to_dict())
    st.link_button("Open in a tab of its own", f"{st.context.url}?{query}", icon=":material/open_in_new:")
