"""One row of small bars a layer, a bar a map: which of them let something through."""

import html
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.charts.numbers import counted

ALIVE, SILENT, DEAD = 0, 1, 2
"""A full bar, a stub at the bottom, and a stub at the bottom and one at the top."""

_STYLE = """<style>
.chart-strips { display: grid; gap: 0.3rem 0.7rem; grid-auto-rows: minmax(var(--row, auto), auto);
  grid-template-columns: fit-content(45%) minmax(3.5rem, 1fr) repeat(2, minmax(min-content, max-content));
  align-items: center; font-size: 0.95rem; line-height: 1.3; }
.chart-strips .row { display: contents; }
.chart-strips .head { opacity: 0.75; }
.chart-strips .name { overflow-wrap: anywhere; }
.chart-strips .value { text-align: right; white-space: nowrap; font-family: "Plex Mono", ui-monospace, monospace; }
.chart-strips .strip { display: block; height: max(1.15rem, var(--row, 0rem) * 0.7); forced-color-adjust: none;
  background-repeat: no-repeat;
  background-size: 100% 100%, 100% 22%, 100% 22%; background-position: 0 0, 0 100%, 0 0;
  mask: repeating-linear-gradient(to right, #000 0 calc(var(--one) * 0.75), transparent 0 var(--one)); }
</style>"""


def strips(rows: Mapping[str, NDArray[np.integer]], heads: tuple[str, str, str], *, label: str) -> str:
    """Return the rows as HTML.

    Args:
        rows: what each is called -> int (maps,), `ALIVE`, `SILENT` or `DEAD`; those that are dead are silent too.
        heads: over the strips, over the numbers of the silent and over those of the dead.
        label: what it shows, for people who hear it.

    Returns:
        HTML for `st.html`, a table to people who hear it.
    """
    body = "".join(_row(name, states, heads) for name, states in rows.items())
    titles = "".join(f'<span role="columnheader" class="head">{html.escape(head)}</span>' for head in ("layer", *heads))
    return (
        f'{_STYLE}<div role="table" class="chart-strips" aria-label="{html.escape(label)}">'
        f'<div role="row" class="row">{titles}</div>{body}</div>'
    )


def _row(name: str, states: NDArray[np.integer], heads: tuple[str, str, str]) -> str:
    silent, dead = int((states != ALIVE).sum()), int((states == DEAD).sum())
    words = f"{counted(len(states), 'map')}; {numbers(heads[1], states != ALIVE)}; {numbers(heads[2], states == DEAD)}"
    return (
        f'<div role="row" class="row"><span role="rowheader" class="name">{html.escape(name)}</span>'
        f'<span role="cell">{_strip(states, words)}</span>'
        f'<span role="cell" class="value">{silent} of {len(states)}</span>'
        f'<span role="cell" class="value">{dead}</span></div>'
    )


def numbers(what: str, which: NDArray[np.bool_]) -> str:
    """Say which maps something holds for.

    >>> numbers("zero here", np.array([True, False, True]))
    'zero here: 1, 3'
    """
    found = [str(place + 1) for place in np.flatnonzero(which)]
    return f"{what}: {', '.join(found) or 'none'}"


def _strip(states: NDArray[np.integer], words: str) -> str:
    bars = _painted(states == ALIVE, "var(--accent)")
    stubs = _painted(states != ALIVE, "currentColor"), _painted(states == DEAD, "currentColor")
    style = f"--one: {100 / len(states):.4f}%; background-image: {', '.join((bars, *stubs))}"
    return f'<span class="strip" role="img" aria-label="{html.escape(words)}" style="{style}"></span>'


def _painted(which: NDArray[np.bool_], ink: str) -> str:
    """Return a gradient that is ink where something holds; neighbors alike are one stop."""
    ends = [*(np.flatnonzero(np.diff(which)) + 1), len(which)]
    stops = [
        f"{ink if which[begin] else 'transparent'} {100 * begin / len(which):.2f}% {100 * end / len(which):.2f}%"
        for begin, end in zip([0, *ends[:-1]], ends, strict=True)
    ]
    return f"linear-gradient(to right, {', '.join(stops)})"
