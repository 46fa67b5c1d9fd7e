"""Nonsense in links, answered before Streamlit drops it."""

import contextlib
import math
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.web.messages import LONGEST_QUERY, TOO_LONG
from pages.shared.lesson import plain

_DROPPED = "links.dropped"


def check_page(titles: Collection[str]) -> None:
    """Warn when a link asks for a page that there is not; the first one is shown instead.

    Args:
        titles: of every page; in lower case they are the last part of its address.
    """
    asked = urlsplit(st.context.url or "").path.rpartition("/")[2]
    if asked and asked not in [title.lower() for title in titles]:
        first, *others = titles
        st.warning(
            f"This link asks for a page “{plain(unquote(asked)[:40])}”. There is: {', '.join((first, *others))}. "
            f"{first} is shown instead."
        )


def drop_impossible() -> None:
    """Take numbers too large for any widget out of a link: widgets fail over them.

    Call it before the first widget is drawn. The script runs again without them, for widgets read the link first.
    """
    for sentence in st.session_state.pop(_DROPPED, ()):
        st.warning(sentence)
    if TOO_LONG in st.query_params:
        del st.query_params[TOO_LONG]
        st.warning(
            f"Expected a link of at most {LONGEST_QUERY:,} characters. Received a longer one. What you had chosen "
            "before is shown instead."
        )
    sentences = []
    for key in list(st.query_params):
        asked = st.query_params[key]
        if not _infinite(asked):
            continue
        with contextlib.suppress(StreamlitAPIException):  # refused where a widget of this page holds it
            del st.query_params[key]
            sentences.append(
                f"This link asks for {plain(_name(key)[:40])} “{plain(asked[:40])}”, too large a number. "
                "The usual choice is shown instead."
            )
    if sentences:
        st.session_state[_DROPPED] = sentences
        st.rerun()


def _infinite(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


def check_choice(key: str, allowed: Collection[str]) -> None:
    """Warn when a fresh link asks the widget `key` for something it does not offer; the default is shown instead."""
    asked = st.query_params.get(key)
    if asked is None or asked in allowed or key in st.session_state:
        return
    shown = ", ".join(list(allowed)[:12])
    st.warning(
        f"This link asks for {_name(key)} “{plain(asked[:40])}”. There is: {shown}. The usual choice is shown instead."
    )


def check_choices(key: str, allowed: Collection[str]) -> None:
    """Warn when a fresh link asks the widget `key`, of which several may be chosen, for some that it does not offer."""
    unknown = [asked for asked in st.query_params.get_all(key) if asked not in allowed]
    if unknown and key not in st.session_state:
        asked = ", ".join(f"“{plain(each[:40])}”" for each in unknown[:4])
        shown = "; ".join(plain(each) for each in list(allowed)[:12])
        st.warning(
            f"This link asks for {_name(key)} {asked}. There is: {shown}. The others it names are shown, if any."
        )


def check_number(key: str, low: int, high: int) -> None:
    """Warn when a fresh link asks the widget `key` for something that is no whole number from `low` to `high`."""
    asked = st.query_params.get(key)
    if asked is None or key in st.session_state or (asked.isdecimal() and low <= int(asked[:12]) <= high):
        return
    st.warning(
        f"This link asks for {_name(key)} “{plain(asked[:40])}”. Expected a whole number from {low} to {high}. "
        "The usual choice is shown instead."
    )


def clamp(key: str, low: int, high: int) -> None:
    """Bring a remembered number back into its range before its widget is drawn, for example on another data set."""
    if key in st.session_state:
        st.session_state[key] = min(max(int(st.session_state[key]), low), high)


def forget_unless(key: str, allowed: Collection[str]) -> None:
    """Forget a remembered choice that is no longer on offer, before its widget is drawn."""
    if key in st.session_state and st.session_state[key] not in allowed:
        del st.session_state[key]


def _name(key: str) -> str:
    return key.split(".")[-1].replace("_", " ")
