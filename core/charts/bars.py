"""Horizontal bars as a small HTML list: drawn at once, read aloud as a list, colored by the page's theme."""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

_STYLE = """<style>
.chart-bars { display: grid; grid-template-columns: fit-content(60%) 1fr max-content;
  gap: 0.22rem 0.7rem; align-items: center; font-size: 1rem; line-height: 1.35; }
.chart-bars .row { display: contents; }
.chart-bars .bar { height: 0.85rem; background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 2px; }
.chart-bars .bar i { display: block; height: 100%; min-width: 1px; border-radius: 2px;
  background: color-mix(in srgb, currentColor 48%, transparent); }
.chart-bars .strong .bar i { background: var(--accent); }
.chart-bars .strong .name, .chart-bars .strong .value { font-weight: 600; }
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


def probability_bars(probabilities: ArrayLike, names: Sequence[str], *, true: int | None = None) -> str:
    """Return the probabilities of all classes as bars, the largest one in the accent color.

    Args:
        probabilities: (n,), each 0..1.
        names: n class names.
        true: the class known to be right, if one is; its name says so.

    Returns:
        HTML for `st.html`.
    """
    values = np.asarray(probabilities, np.float64)
    labels = [f"{name} (true)" if position == true else name for position, name in enumerate(names)]
    return bars(
        labels, values, [percent(value) for value in values], strong=[int(values.argmax())], label="Probabilities"
    )


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
