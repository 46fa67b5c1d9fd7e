"""A picture that is drawn in the browser: a folder with a script and a style sheet of its own name."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.shared import modules

# What Python hands over are the bytes of a JSON text: Streamlit would write an object out three times on every run.
_SCRIPT = """const { default: draw } = %(script)s;
const always = %(always)s;
export default (given) => {
  const cleanUp = draw({ ...given, data: { ...always, ...JSON.parse(new TextDecoder().decode(given.data)) } });
  const { host } = given.parentElement.getRootNode();
  const stands = () => (host.dataset.drawn = ""); // style.css shows it, and what is below it, from now on
  requestAnimationFrame(() => requestAnimationFrame(stands));
  return cleanUp;
};
"""
_FOR_ALL = Path(__file__).parent / "everyone.css"


def component(file: str, *, always: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """Register what lies beside `file`: mosaic/mosaic.js and mosaic/mosaic.css become `convscope.mosaic`.

    Args:
        file: `__file__` of the folder's `__init__.py`. Beside it `name.js` exports the function that draws, `export
            default function ({ parentElement, data }) {...}`, and imports what it needs, see `modules`. If need be,
            there are `name.css` and `name.html` with what is there before the script runs.
        always: what the script finds in every `data`; it is sent with the script instead of being drawn anew.

    Returns:
        What draws `data`, JSON types, or what `packed` made of them before: a view that many look at is packed once.
        It takes the widget's key, "page.name", and `on_name_change=callback` for every value that the script sets.
    """
    folder = Path(file).parent
    css, html = folder / f"{folder.name}.css", folder / f"{folder.name}.html"
    script = modules.script(folder / f"{folder.name}.js")
    renderer = st.components.v2.component(
        f"convscope.{folder.name}",
        css="".join(modules.style(each) for each in (_FOR_ALL, css) if each.exists()),
        js=_SCRIPT % {"script": script, "always": json.dumps(always or {}, separators=(",", ":"))},
        html=html.read_text() if html.exists() else None,
    )

    def draw(*, key: str, data: Mapping[str, Any] | bytes, **on_change: Any) -> Any:
        return renderer(key=key, data=data if isinstance(data, bytes) else packed(data), **on_change)

    return draw


def packed(data: Mapping[str, Any], *, beside: bytes = b"") -> bytes:
    """Return JSON types as the component's script takes them, one object with `beside` that was packed before."""
    alone = json.dumps(data, separators=(",", ":")).encode()
    return alone[:-1] + b"," + beside[1:] if beside else alone
