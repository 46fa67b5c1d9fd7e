"""A confusion matrix to click on: rows are true classes, columns the answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.charts.confusion import shares as shares_of
from pages.shared.component import component
from pages.shared.told import ignore, items, told, whole

SHARES = ("counts", "share of the class", "share of the answer")
"""What a cell may show."""

_component = component(__file__)


def confusion_table(
    counts: NDArray[np.int64],
    names: Sequence[str],
    *,
    key: str,
    selected: tuple[int, int] | None = None,
    selectable: bool = True,
    shares: str = SHARES[0],
) -> None:
    """Draw the matrix; `clicked_cell` tells which cell was clicked.

    Args:
        counts: int64 (classes, classes), [true class, answer].
        selected: the cell drawn as chosen.
        shares: one of SHARES; a cell's color follows the share of its true class, unless that of the answer is shown.
    """
    part = shares_of(counts.T).T if shares == SHARES[2] else shares_of(counts)
    data = {
        "counts": counts.tolist(),
        "shares": part.round(4).tolist(),
        "percent": shares != SHARES[0],
        "names": list(names),
        "selected": list(selected) if selected else None,
        "selectable": selectable,
    }
    _component(key=key, data=data, on_clicked_change=ignore)


def clicked_cell(key: str, classes: int) -> tuple[int, int] | None:
    """Return (true class, answer), both below `classes`, of the cell whose click caused this run, else None."""
    true, answer = (whole(place, below=classes) for place in items(told(key, "clicked"), 2))
    return None if true is None or answer is None else (true, answer)
