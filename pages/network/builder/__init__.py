"""The network builder: a drawing to scale above a table of layers that can be edited, added, moved and removed.

The browser keeps the list of layers being edited and sends it whole after every edit; Python works out shapes,
parameters and costs, and answers with the table and the drawing. `version` counts edits, so that an answer to an
older edit never overwrites a newer one.
"""

from typing import Any

import streamlit as st

from core.charts import network_drawing
from core.errors import ArchitectureError
from core.model.structure.architecture import Architecture
from pages.network.builder.kinds import kinds, presets
from pages.network.builder.table import layer_table
from pages.shared.choices import Coded
from pages.shared.component import component
from pages.shared.own_network import chosen, network_choice
from pages.shared.told import entries, told, whole
from pages.shared.volumes import volumes

_VERSION, _REFUSED = "network.version", "network.refused"
"""Keys of the session: the count of edits, and why the last was refused."""

_component = component(__file__, always={"kinds": kinds(), "presets": presets()})


def builder(*, classes: int, key: str, picture: str = "") -> Architecture:
    """Draw the visitor's network and its editable layers; an edit is a choice of the network. Return the network.

    Args:
        classes: how many it has to tell apart.
        key: the widget's key, "page.name".
        picture: data URI of the image on the input's face.
    """
    architecture = chosen(classes)
    data: dict[str, Any] = {
        **layer_table(architecture, classes),
        "version": st.session_state.get(_VERSION, 0),
        "refused": st.session_state.pop(_REFUSED, ""),
        "scaling": architecture.input_scaling,
        "classes": classes,
        "drawing": network_drawing.draw(volumes(architecture), picture=picture),
    }
    _component(key=key, data=data, on_edit_change=lambda: _apply(key, network_choice(classes)))
    return architecture


def _apply(key: str, choice: Coded) -> None:
    """Take over the list of layers that the browser sent, if it describes a network at all."""
    edit = entries(told(key, "edit"))
    version = whole(edit.get("version"))
    if version is None:
        return
    st.session_state[_VERSION] = version
    try:
        edited = Architecture.from_json({"layers": edit.get("layers"), "input_scaling": edit.get("scaling")})
        choice.choose(Architecture.from_text(edited.to_text()))
    except ArchitectureError as error:
        st.session_state[_REFUSED] = str(error)
