"""What a visitor changed of the network at work, as the address has it: image, paint on it, filters switched off."""

import re
from collections.abc import Callable

from core.model.inference.inspection import map_layers
from core.model.structure.architecture import Architecture
from pages.shared.choices import Coded

MOST_TEXT = 2000
"""Characters of any of these texts."""

_CHANGE = re.compile(r"(cover\.\d{1,2}\.\d{1,2}\.\d{1,2}|(shift|turn|light|noise)\.-?\d{1,3})?", re.ASCII)
_STROKE = re.compile(r"[0-9a-f]{6}([A-Za-z0-9_-]{2})+")
MOST = {"strokes": 24, "dabs": 400, "off": 64}
"""What an address has room for; the component is told."""

_STROKE_LENGTH = 7  # its color, and the point before the next


def changed(page: str, architecture: Architecture) -> dict[str, Coded]:
    """Return the choices of what is changed on a page, by what the component calls them."""
    maps = {f"{layer.name}.{number}" for layer in map_layers(architecture) for number in range(1, layer.shape[-1] + 1)}

    def off(text: str) -> str:
        names = text.split(",") if text else []
        if len(names) > MOST["off"] or not maps.issuperset(names):
            raise ValueError(f"Expected at most {MOST['off']} maps, such as conv2d.3,conv2d_1.12.")
        return text

    reads: dict[str, Callable[[str], str]] = {"change": _change, "paint": _paint, "off": off}
    return {name: Coded(f"{page}.{name}", read, usual="") for name, read in reads.items()}


def _change(text: str) -> str:
    if not _CHANGE.fullmatch(text):
        raise ValueError("Expected a change, such as shift.4, turn.-30, light.50, noise.20, or cover.8.16.16.")
    return text


def _paint(text: str) -> str:
    strokes = text.split(".") if text else []
    short = len(text) <= 2 * MOST["dabs"] + _STROKE_LENGTH * MOST["strokes"] and len(strokes) <= MOST["strokes"]
    if not (short and all(map(_STROKE.fullmatch, strokes))):
        raise ValueError("Expected strokes: a color, such as d02020, and two letters for each dab.")
    return text
