"""Which picture of a mosaic was clicked, known before the mosaic is drawn."""

import streamlit as st


def clicked(key: str) -> int | None:
    """Return the position that was clicked in the mosaic `key` and caused this run of the script, else None.

    The mosaic itself returns the same number, but only once it is drawn: too late for widgets above it.
    """
    state = st.session_state.get(key)
    position = state.get("clicked") if state else None
    return None if position is None else int(position)
