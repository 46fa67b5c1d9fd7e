"""The network builder: a drawing to scale above a table of layers that can be edited, added, moved and removed.

The browser keeps the list of layers being edited and sends it whole after every edit; Python works out shapes,
parameters and costs, and answers with the table and the drawing. `version` counts edits, so that an answer to an
older edit never overwrites a newer one.
"""

from typing import Any

import streamlit as st

from core.charts import network_drawing
from core.errors import ArchitectureError
from core.model.architecture import Architecture
from pages.network.builder.kinds import kinds, presets
from pages.network.builder.table import layer_table
from pages.shared import own_network
from pages.shared.component import component
from pages.shared.told import entries, told, whole
from pages.shared.volumes import volumes

_component = component(__file__, always={"kinds": kinds(), "presets": presets()})


def builder(architecture: Architecture, *, classes: int, key: str, picture: str = "") -> None:
    """Draw the network and its editable layers; an edit is kept under `own_network.TEXT` and in the URL.

    Args:
        architecture: what to show, as `own_network.chosen` returns it.
        classes: how many it has to tell apart.
        key: the widget's key, "page.name".
        picture: data URI of the image on the input's face.
    """
    table = layer_table(architecture, classes)
    data: dict[str, Any] = {
        **table,
        "version": st.session_state.get(own_network.VERSION, 0),
        "refused": st.session_state.pop(own_network.REFUSED, ""),
        "scaling": architecture.input_scaling,
        "classes": classes,
        "drawing": network_drawing.draw(volumes(architecture), picture=picture),
    }
    own_network.to_url(architecture.to_text(), classes)
    _component(key=key, data=data, on_edit_change=lambda: _apply(key))


def _apply(key: str) -> None:
    """Take over the list of layers that the browser sent, if it describes a network at all."""
    edit = entries(told(key, "edit"))
    version = whole(edit.get("version"))
    if version is None:
        return
    st.session_state[own_network.VERSION] = version
    try:
        edited = Architecture.from_json({"layers": edit.get("layers"), "input_scaling": edit.get("scaling")})
        st.session_state[own_network.TEXT] = Architecture.from_text(edited.to_text()).to_text()
    except ArchitectureError as error:
        st.session_state[own_network.REFUSED] = str(error)
