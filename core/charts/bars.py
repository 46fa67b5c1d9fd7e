"""Horizontal bars as a small HTML list: drawn at once, read aloud as a list, colored by the page's theme."""

import html
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

_STYLE = """<style>
.chart-bars { display: grid; grid-template-columns: fit-content(60%) 1fr max-content;
  gap: 0.22rem 0.7rem; align-items: center; font-size: 1rem; line-height: 1.35; }
.chart-bars .row { display: contents; }
.chart-bars .bar { height: max(0.85rem, var(--row, 0rem) * 0.5);
  background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 2px; }
.chart-bars .bar i { display: block; height: 100%; min-width: 1px; border-radius: 2px;
  background: color-mix(in srgb, currentColor 48%, transparent); }
.chart-bars .strong .bar i { background: var(--accent); }
.chart-bars .strong .name, .chart-bars .strong .value { font-weight: 600; }
.chart-pairs { grid-auto-rows: minmax(var(--row, auto), auto);
  grid-template-columns: fit-content(40%) 1fr max-content 1fr max-content; }
.chart-pairs .pair { display: contents; }
.chart-pairs .name { line-height: 1.15; padding-block: 0.15rem; }
.chart-pairs .name.strong { font-weight: 600; }
.chart-bars .value { font-family: "Plex Mono", ui-monospace, monospace; font-size: 0.95rem; text-align: right; }
</style>"""


def bars(
    names: Sequence[str], values: ArrayLike, texts: Sequence[str], *, strong: Sequence[int] = (), label: str = ""
) -> str:
    """Return a list of labeled bars as HTML.

    Args:
        names: n labels; shown as text, whatever they contain.
        values: n numbers of at least 0; the longest bar stands for the larger of 1 and the largest value.
        texts: n numbers as they are to be read, at the end of each bar.
        strong: positions of the bars in the accent color and bold type.
        label: what the list shows, for people who hear it.

    Returns:
        HTML for `st.html`.
    """
    lengths = np.asarray(values, np.float64)
    whole = max(1.0, float(lengths.max(initial=0.0)))
    rows = "".join(
        f'<div role="listitem" class="row{" strong" if position in strong else ""}">'
        f'<span class="name">{html.escape(name)}</span>'
        f'<span class="bar"><i style="width:{100 * length / whole:.2f}%"></i></span>'
        f'<span class="value">{html.escape(text)}</span></div>'
        for position, (name, length, text) in enumerate(zip(names, lengths, texts, strict=True))
    )
    return f'{_STYLE}<div role="list" class="chart-bars" aria-label="{html.escape(label)}">{rows}</div>'


def paired_bars(
    names: Sequence[str], pair: Mapping[str, ArrayLike], *, strong: Sequence[Sequence[int]], label: str
) -> str:
    """Return two lists of shares side by side, name by name, as HTML.

    Args:
        names: n labels; shown as text, whatever they contain.
        pair: two headings, each with n shares of 0..1.
        strong: for each of the two the positions of the bars in the accent color and bold type.
        label: what the list shows, for people who hear it.

    Returns:
        HTML for `st.html`.
    """
    columns = [np.asarray(shares, np.float64) for shares in pair.values()]
    head = "".join(f'<span class="name strong" style="grid-column:span 2">{html.escape(name)}</span>' for name in pair)
    rows = []
    for place, name in enumerate(names):
        cells = "".join(
            f'<span class="{"pair strong" if place in bold else "pair"}"><span class="bar"><i style="width:'
            f'{100 * shares[place]:.2f}%"></i></span><span class="value">{percent(shares[place])}</span></span>'
            for shares, bold in zip(columns, strong, strict=True)
        )
        rows.append(f'<div role="listitem" class="row"><span class="name">{html.escape(name)}</span>{cells}</div>')
    return (
        f'{_STYLE}<div role="list" class="chart-bars chart-pairs" aria-label="{html.escape(label)}">'
        f'<div class="row" aria-hidden="true"><span></span>{head}</div>{"".join(rows)}</div>'
    )


MOST_CLASSES = 12
"""Of more, the largest are drawn."""


def largest(probabilities: ArrayLike, also: int | None = None) -> list[int]:
    """Return which classes to draw where not all have room, in their order: the most probable, and the one given.

    >>> largest([0.7, 0.3]), largest([0.0] * 20 + [0.4, 0.6], also=1)
    ([0, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21])
    """
    values = np.asarray(probabilities, np.float64)
    ranked = [int(place) for place in np.argsort(-values, kind="stable") if place != also]
    return sorted(([] if also is None else [also]) + ranked[: MOST_CLASSES - (also is not None)])


def probability_bars(probabilities: ArrayLike, names: Sequence[str], *, true: int | None = None) -> str:
    """Return the probabilities of all classes as bars, the largest one in the accent color.

    Of more than `MOST_CLASSES` the `largest` are drawn, and one bar for all others.

    Args:
        probabilities: (n,), each 0..1.
        true: the class known to be right, if one is; its name says so.

    Returns:
        HTML for `st.html`.
    """
    every = np.asarray(probabilities, np.float64)
    shown = largest(every, true)
    labels = [f"{names[place]} (true)" if place == true else names[place] for place in shown]
    values = every[shown]
    strong = [int(values.argmax())]
    if others := len(every) - len(shown):
        labels.append(f"{others} others")
        values = np.append(values, max(0.0, 1 - values.sum()))
    return bars(labels, values, [percent(value) for value in values], strong=strong, label="Probabilities")


def percent(share: float) -> str:
    """Write a share of 0..1 as a percentage with one decimal, never rounding a rare thing away.

    >>> percent(0.6228), percent(0.0001), percent(0.99999), percent(0.0)
    ('62.3 %', '< 0.1 %', '> 99.9 %', '0.0 %')
    """
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"
