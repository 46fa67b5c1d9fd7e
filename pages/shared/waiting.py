"""Long answers: what they have found, or how far they are, with a button that stops them."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from core.bounded import forget
from core.errors import ConvscopeError
from core.model.inference.background import Work
from pages.shared import lesson

PATIENCE_S = 0.5
"""So long a page waits before it says how far an answer is."""

R = TypeVar("R")


def result(make: Callable[..., Work[R]], *args: Hashable, text: str, key: str) -> R | None:
    """Return what a work has found; or draw how far it is and return None: the page is drawn anew once it is there.

    Args:
        make: of `core.cached`, returns the work for `args`.
        args: what it is called with.
        text: says what is done; "{count}" and "{total}" stand for how much.
        key: of what is drawn, "page.name".

    Raises:
        ConvscopeError: what went wrong; the next time it is tried anew.
    """
    work = make(*args)
    if not work.finished and _stopped(work, key):
        lesson.note(f"Stopped. {_far(work, text)}")
        st.button("Go on", key=f"{key}.on", on_click=lambda: st.session_state.pop(f"{key}.stopped", None))
        return None
    if not work.wait(PATIENCE_S):
        _watch(work, text, key)
        return None
    try:
        return work.result()
    except ConvscopeError:
        forget(make, *args)
        raise


def _stopped(work: Work[R], key: str) -> bool:
    return st.session_state.get(f"{key}.stopped") == id(work)


def _stop(work: Work[R], key: str) -> None:
    work.rest()
    st.session_state[f"{key}.stopped"] = id(work)


def _far(work: Work[R], text: str) -> str:
    return text.format(count=f"{work.count:,}", total=f"{work.total:,}")


@st.fragment(run_every=0.4)
def _watch(work: Work[R], text: str, key: str) -> None:
    if _stopped(work, key) or work.wait(0):
        st.rerun()
    st.progress(work.count / max(1, work.total), text=_far(work, text))
    st.button("Stop", key=f"{key}.stop", on_click=_stop, args=(work, key))
