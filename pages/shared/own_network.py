"""The visitor's own network, kept in the session and in the address: built on one page, trained on another."""

from collections import deque

import streamlit as st

from core.errors import ArchitectureError
from core.model.architecture import Architecture

TEXT, VERSION, REFUSED, WRITTEN = "network.text", "network.version", "network.refused", "network.written"
"""Keys of the session: the network as text, the count of edits, why the last was refused, texts the URL had last."""

_REMEMBERED_TEXTS = 30

OWN_NETWORK = "your own"
"""How the training page's settings call this network, on the screen and in the URL."""


def chosen() -> Architecture:
    """Return the visitor's network: from the URL, else from this session, else the tutorial's.

    A link that names no network leaves its reason under `REFUSED`.
    """
    asked = st.query_params.get("network")
    # A quick second edit still comes with the URL of the first: only a text never written here is a link.
    if asked is not None and asked not in _written():
        _written().append(asked)
        try:
            st.session_state[TEXT] = Architecture.from_text(asked).to_text()
            st.session_state[VERSION] = st.session_state.get(VERSION, 0) + 1
        except ArchitectureError as error:
            st.session_state[REFUSED] = f"This link holds no network. {error}"
    return Architecture.from_text(st.session_state.setdefault(TEXT, Architecture.tutorial().to_text()))


def _written() -> "deque[str]":
    written: deque[str] = st.session_state.setdefault(WRITTEN, deque(maxlen=_REMEMBERED_TEXTS))
    return written


def to_url(text: str) -> None:
    """Write the network down in the address; the tutorial's, which is the usual one, leaves it empty."""
    if text not in _written():
        _written().append(text)
    if text == Architecture.tutorial().to_text():
        st.query_params.pop("network", None)
    elif st.query_params.get("network") != text:
        st.query_params["network"] = text
