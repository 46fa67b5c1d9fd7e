"""A picture that is drawn in the browser: a folder with a script and a style sheet of its own name."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def component(file: str) -> ComponentRenderer:
    """Register what lies beside `file`: mosaic/mosaic.js and mosaic/mosaic.css become `convscope.mosaic`."""
    folder = Path(file).parent
    name = folder.name
    return st.components.v2.component(
        f"convscope.{name}", css=(folder / f"{name}.css").read_text(), js=(folder / f"{name}.js").read_text()
    )
