"""A confusion matrix to click on: rows are true classes, columns the answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.charts.confusion import shares
from pages.shared.component import component
from pages.shared.told import items, told, whole

_component = component(__file__)


def confusion_table(
    counts: NDArray[np.int64],
    names: Sequence[str],
    *,
    key: str,
    selected: tuple[int, int] | None = None,
    selectable: bool = True,
) -> None:
    """Draw the matrix; `clicked_cell` tells which cell was clicked.

    Args:
        counts: int64 (classes, classes), [true class, answer].
        names: the class names.
        key: the widget's key, "page.name".
        selected: the cell drawn as chosen.
        selectable: whether cells can be clicked.
    """
    data = {
        "counts": counts.tolist(),
        "shares": shares(counts).round(4).tolist(),
        "names": list(names),
        "selected": list(selected) if selected else None,
        "selectable": selectable,
    }
    _component(key=key, data=data, on_clicked_change=_ignore)


def clicked_cell(key: str, classes: int) -> tuple[int, int] | None:
    """Return (true class, answer), both below `classes`, of the cell whose click caused this run, else None."""
    true, answer = (whole(place, below=classes) for place in items(told(key, "clicked"), 2))
    return None if true is None or answer is None else (true, answer)


def _ignore() -> None:
    """Let Streamlit know that the trigger exists; `clicked_cell` reads its value."""
