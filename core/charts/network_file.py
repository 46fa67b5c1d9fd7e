"""The drawing of a network as an SVG file that needs no page around it: black on white, with the pages' accent."""

import re

from core.charts.contact_sheet import INK, PAPER
from core.charts.network_drawing import Volume, draw

_ACCENT = (15, 110, 102)


def _mixed(color: tuple[int, int, int], percent: int) -> str:
    """Return so much of a color on paper, as #rrggbb: not every program that draws SVG can mix."""
    channels = (round(p + (c - p) * percent / 100) for c, p in zip(color, PAPER, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


_STYLE = f"""
text {{ font: 14px "IBM Plex Sans", "Helvetica", "Arial", sans-serif; text-anchor: middle; fill: {_mixed(INK, 100)}; }}
.title {{ font-weight: 600; }}
.remark {{ fill: {_mixed(INK, 66)}; }}
.volume rect, .volume polygon {{ stroke: {_mixed(INK, 55)}; stroke-width: 1; stroke-linejoin: round; }}
.front {{ fill: {_mixed(INK, 0)}; }}
.top {{ fill: {_mixed(INK, 5)}; }}
.side {{ fill: {_mixed(INK, 12)}; }}
.learned .front {{ fill: {_mixed(_ACCENT, 22)}; }}
.learned .top {{ fill: {_mixed(_ACCENT, 12)}; }}
.learned .side {{ fill: {_mixed(_ACCENT, 36)}; }}
image {{ image-rendering: pixelated; }}
.window {{ fill: {_mixed(_ACCENT, 100)}; fill-opacity: 0.18; stroke: {_mixed(_ACCENT, 100)}; stroke-width: 1.6; }}
.cone {{ stroke: {_mixed(_ACCENT, 65)}; stroke-width: 0.8; }}
.flow {{ stroke: {_mixed(INK, 40)}; stroke-width: 0.8; }}
.target {{ fill: {_mixed(_ACCENT, 100)}; }}
.skip {{ fill: none; stroke: {_mixed(_ACCENT, 100)}; stroke-width: 1.5; }}
"""


def network_file(volumes: list[Volume], *, picture: str = "") -> str:
    """Return the drawing of `network_drawing.draw` as the text of an SVG file; the arguments are its own."""
    drawing = draw(volumes, picture=picture)
    _, top, width, height = re.findall(r"-?[\d.]+", drawing.partition('viewBox="')[2])[:4]
    paper = f'<rect y="{top}" width="{width}" height="{height}" fill="{_mixed(INK, 0)}"/>'
    begin, rest = drawing.split(">", 1)
    begin = begin.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" ')
    return f"{begin}><style>{_STYLE}</style>{paper}{rest}"
