"""The network builder: a drawing to scale above a table of layers that can be edited, added, moved and removed.

The browser keeps the list of layers being edited and sends it whole after every edit; Python works out shapes,
parameters and costs, and answers with the table and the drawing. `version` counts edits, so that an answer to an
older edit never overwrites a newer one.
"""

from collections import deque
from pathlib import Path
from typing import Any

import streamlit as st

from core.charts import network_drawing
from core.errors import ArchitectureError
from core.model.architecture import Architecture
from pages.shared.builder.table import PRESETS, layer_table, volumes
from pages.shared.component import Component
from pages.shared.told import entries, told, whole

_HERE = Path(__file__).parent
TEXT, VERSION, REFUSED, WRITTEN = "network.text", "network.version", "network.refused", "network.written"
"""Keys of the session: the network as text, the count of edits, why the last was refused, texts the URL had last."""

_REMEMBERED_TEXTS = 30

OWN_NETWORK = "your own"
"""How the training page's settings call this network, on the screen and in the URL."""

_component = Component(
    "builder",
    css=(_HERE / "builder.css").read_text(),
    js="\n".join((_HERE / part).read_text() for part in ("layers.js", "rows.js", "builder.js")),
)


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


def builder(architecture: Architecture, *, key: str, picture: str = "") -> None:
    """Draw the network and its editable layers; an edit is kept under `TEXT` and in the URL.

    Args:
        architecture: what to show, as `chosen` returns it.
        key: the widget's key, "page.name".
        picture: data URI of the image on the input's face.
    """
    table = layer_table(architecture)
    data: dict[str, Any] = {
        **table,
        "version": st.session_state.get(VERSION, 0),
        "refused": st.session_state.pop(REFUSED, ""),
        "scaling": architecture.input_scaling,
        "presets": {name: preset().to_json() for name, preset in PRESETS.items()},
        "drawing": network_drawing.draw(volumes(architecture), picture=picture),
    }
    _to_url(architecture.to_text())
    _component(key=key, data=data, on_edit_change=lambda: _apply(key))


def _written() -> "deque[str]":
    written: deque[str] = st.session_state.setdefault(WRITTEN, deque(maxlen=_REMEMBERED_TEXTS))
    return written


def _to_url(text: str) -> None:
    if text not in _written():
        _written().append(text)
    if text == Architecture.tutorial().to_text():
        st.query_params.pop("network", None)
    elif st.query_params.get("network") != text:
        st.query_params["network"] = text


def _apply(key: str) -> None:
    """Take over the list of layers that the browser sent, if it describes a network at all."""
    edit = entries(told(key, "edit"))
    version = whole(edit.get("version"))
    if version is None:
        return
    st.session_state[VERSION] = version
    try:
        edited = Architecture.from_json({"layers": edit.get("layers"), "input_scaling": edit.get("scaling")})
        st.session_state[TEXT] = Architecture.from_text(edited.to_text()).to_text()
    except ArchitectureError as error:
        st.session_state[REFUSED] = str(error)
