"""What the scripts of components tell the server: checked here, once, before a page believes any of it.

A component's state is JSON that a browser sends, and a browser can be made to send any: other types, NaN, Infinity,
numbers without end, texts with control characters. What is not as expected counts as not told.
"""

import math
from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """Return what the component `key` told under `name`, unchecked JSON; None where it told nothing."""
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, dict) else None


def ignore() -> None:
    """Let Streamlit know that a component tells something: the page runs again for it, and may read it then."""


def entries(value: Any) -> dict[str, Any]:
    """Return the entries of an object; none where `value` is something else."""
    return value if isinstance(value, dict) else {}


def items(value: Any, count: int) -> list[Any]:
    """Return the items of a list of so many; so many None where `value` is something else."""
    return value if isinstance(value, list) and len(value) == count else [None] * count


def whole(value: Any, below: int = 2**31) -> int | None:
    """Return a whole number from 0 to below `below`.

    >>> whole(3.0), whole(True), whole(-1), whole(float("inf")), whole(7, below=7)
    (3, None, None, None, None)
    """
    found = number(value, 0, below)
    return int(found) if found is not None and found == int(found) and found < below else None


def number(value: Any, low: float, high: float) -> float | None:
    """Return a finite number from `low` to `high`.

    >>> number(0.5, 0, 1), number("0.5", 0, 1), number(float("nan"), 0, 1), number(10**400, 0, 1)
    (0.5, None, None, None)
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        return None
    return float(value) if math.isfinite(value) else None


def text(value: Any, most: int) -> str | None:
    r"""Return a printable text of at most `most` characters.

    >>> text("pause", 10), text("pau\x00se", 10), text(7, 10), text("x" * 11, 10)
    ('pause', None, None, None)
    """
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else None
