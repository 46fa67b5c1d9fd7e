"""A picture that is drawn in the browser: a folder with a script and a style sheet of its own name."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

# What Python hands over are the bytes of a JSON text: Streamlit would write an object out three times on every run.
_EXPORT = "export default "
_UNPACK = """;
export default (given) => mount({ ...given, data: JSON.parse(new TextDecoder().decode(given.data)) });
"""


class Component:
    """Draws data with a script and a style sheet.

    Args:
        name: "convscope.name" in the browser.
        css: the style sheet.
        js: the script; it exports the function that draws, `export default function ({ parentElement, data }) {...}`.
        html: what is there before the script runs.
    """

    def __init__(self, name: str, *, css: str, js: str, html: str | None = None) -> None:
        before, drawing = js.split(_EXPORT)
        self._renderer = st.components.v2.component(
            f"convscope.{name}", css=css, js=f"{before}const mount = {drawing}{_UNPACK}", html=html
        )

    def __call__(self, *, key: str, data: Mapping[str, Any] | bytes, **on_change: Any) -> Any:
        """Draw `data`.

        Args:
            key: the widget's key, "page.name".
            data: JSON types, or what `packed` made of them before: a view that many look at is packed once.
            on_change: `on_name_change=callback` for every value that the script sets.
        """
        return self._renderer(key=key, data=data if isinstance(data, bytes) else packed(data), **on_change)


def packed(data: Mapping[str, Any]) -> bytes:
    """Return JSON types as the component's script takes them."""
    return json.dumps(data, separators=(",", ":")).encode()


def component(file: str) -> Component:
    """Register what lies beside `file`: mosaic/mosaic.js and mosaic/mosaic.css become `convscope.mosaic`."""
    folder = Path(file).parent
    name = folder.name
    return Component(name, css=(folder / f"{name}.css").read_text(), js=(folder / f"{name}.js").read_text())
