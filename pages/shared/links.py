"""Links that no page can follow: to a page that there is not, or longer than any may be."""

from collections.abc import Collection
from urllib.parse import unquote, urlsplit

import streamlit as st

from core.web.messages import LONGEST_QUERY, TOO_LONG
from pages.shared.lesson import plain


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


def check_length() -> None:
    """Warn when a link is longer than any may be: nothing of it has come here."""
    if TOO_LONG in st.query_params:
        del st.query_params[TOO_LONG]
        st.warning(
            f"Expected a link of at most {LONGEST_QUERY:,} characters. Received a longer one. What you had chosen "
            "before is shown instead."
        )
