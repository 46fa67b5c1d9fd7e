"""The visitor's own network, kept in the session and in the address: built on one page, trained on another."""

from collections import deque

import streamlit as st

from core.errors import ArchitectureError
from core.model.architecture import Architecture

TEXT, VERSION, REFUSED, WRITTEN = "network.text", "network.version", "network.refused", "network.written"
"""Keys of the session: the network as text, the count of edits, why the last was refused, texts the URL had last."""

_CLASSES = "network.classes"
"""Key of the session: how many classes the data had when the network was last looked at."""

_REMEMBERED_TEXTS = 30

OWN_NETWORK = "your own"
"""How the training page's settings call this network, on the screen and in the URL."""


def chosen(classes: int) -> Architecture:
    """Return the visitor's network: from the URL, else from this session, else the tutorial's.

    Its head follows where other data with other classes are chosen. A link that names no network leaves its reason
    under `REFUSED`.

    Args:
        classes: of the data it is to be trained on.
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
    usual = Architecture.tutorial(classes=classes)
    network = Architecture.from_text(st.session_state.setdefault(TEXT, usual.to_text()))
    before, st.session_state[_CLASSES] = st.session_state.get(_CLASSES, classes), classes
    if before != classes and network.classes == before:
        network = network.with_classes(classes)
        st.session_state[TEXT] = network.to_text()
    return network


def _written() -> "deque[str]":
    written: deque[str] = st.session_state.setdefault(WRITTEN, deque(maxlen=_REMEMBERED_TEXTS))
    return written


def to_url(text: str, classes: int) -> None:
    """Write the network down in the address; the tutorial's for so many classes, the usual one, leaves it empty."""
    if text not in _written():
        _written().append(text)
    if text == Architecture.tutorial(classes=classes).to_text():
        st.query_params.pop("network", None)
    elif st.query_params.get("network") != text:
        st.query_params["network"] = text
