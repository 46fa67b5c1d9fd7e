"""The parts every page is made of: a question, a picture, one sentence of insight, details for the curious."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from core.charts import png
from core.errors import ConvscopeError
from core.model.inference import warm

NO_TENSORFLOW = (
    "The server could not load TensorFlow, so no network can answer here. Reload the page in a minute to try again; "
    "if this stays, the server’s log tells its owner why."
)


def opening(title: str, lead: str, *, tapped: str = "") -> None:
    """Draw the page's title and the question it answers; see `by_hand` for `tapped`."""
    st.html(f'<header class="lesson-opening"><h1>{html.escape(title)}</h1><p>{by_hand(lead, tapped)}</p></header>')


def heading(title: str, lead: str = "") -> None:
    """Draw the title of a part of the page, with a short lead under it."""
    paragraph = f"<p>{html.escape(lead)}</p>" if lead else ""
    st.html(f'<header class="lesson-part"><h2>{html.escape(title)}</h2>{paragraph}</header>')


def insight(sentence: str, *, tapped: str = "") -> None:
    """Draw the one sentence to take away; see `by_hand` for `tapped`."""
    st.html(f'<p class="lesson-insight">{by_hand(sentence, tapped)}</p>')


def note(sentence: str, *, tapped: str = "") -> None:
    """Draw a quiet remark, for example where the pixels come from; see `by_hand` for `tapped`."""
    st.html(f'<p class="lesson-note">{by_hand(sentence, tapped)}</p>')


def beside(label: str) -> DeltaGenerator:
    """Write a label, for want of room above, where its widget will stand: give the widget the same, collapsed."""
    row = st.container(horizontal=True, wrap=False, gap="small", vertical_alignment="center", width="content")
    row.html(f'<span class="lesson-beside" aria-hidden="true">{html.escape(label)}</span>', width="content")
    return row


def by_hand(sentence: str, tapped: str) -> str:
    """Return HTML of a sentence, and where nothing can be pointed at, as on a phone, of `tapped` instead of it.

    >>> by_hand("Point & read.", "")
    'Point &amp; read.'
    """
    if not tapped:
        return html.escape(sentence)
    return (
        f'<span class="lesson-pointed">{html.escape(sentence)}</span>'
        f'<span class="lesson-tapped">{html.escape(tapped)}</span>'
    )


def points(*sentences: str) -> None:
    """Draw sentences as a list."""
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    st.html(f'<ul class="lesson-points">{items}</ul>')


def facts(**values: str) -> None:
    """Draw a row of short facts, label above value; `test_accuracy="62 %"` is labeled "test accuracy"."""
    cells = "".join(
        f"<div><dt>{html.escape(label.replace('_', ' '))}</dt><dd>{html.escape(value)}</dd></div>"
        for label, value in values.items()
    )
    st.html(f'<dl class="lesson-facts">{cells}</dl>')


def details(label: str) -> DeltaGenerator:
    """Return a closed expander for what only the curious want to know."""
    return st.expander(label)


def picture(pixels: NDArray[np.uint8], alt: str, *, width: str = "100%", caption: str = "") -> None:
    """Draw one picture crisply.

    Args:
        pixels: uint8 (h, w, 3) or (h, w).
        alt: what the picture shows, in words.
        width: CSS width; the height follows.
        caption: a short line under it, for example the true minimum and maximum.
    """
    text = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    st.html(
        f'<figure class="lesson-picture"><img src="{png.data_uri(pixels)}" alt="{html.escape(alt)}" '
        f'style="width:{html.escape(width)}">{text}</figure>'
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn a known error inside the block into its sentence; unknown errors propagate and are logged."""
    try:
        yield
    except ConvscopeError as error:
        st.error(plain(str(error)))


def plain(text: str) -> str:
    r"""Return Markdown that shows `text` as it is, whoever wrote it, but for signs that reverse its direction.

    >>> plain("a*b"), plain("photo\u202egnp")
    ('a\\*b', 'photognp')
    """
    visible = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cc", "Cf"))
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", visible)  # Markdown's escapes are ASCII punctuation, and only that


def when_warm(draw: Callable[[], None], *, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Call `draw` if TensorFlow is loaded; else `meanwhile`, and draw the page anew once it is, or say why not."""
    if warm.is_warm():
        draw()
        return
    meanwhile()
    warm.begin()
    if warm.has_failed():
        st.error(NO_TENSORFLOW)
    else:
        _wait_for_tensorflow()


@st.fragment(run_every=0.5)
def _wait_for_tensorflow() -> None:
    if warm.is_warm() or warm.has_failed():
        st.rerun()
    note("TensorFlow is loading; this part follows in a few seconds.")
