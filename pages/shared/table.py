"""A small table of texts, with a heading for every column and every row."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st

_STYLE = """<style>
.lesson-table { overflow-x: auto; }
.lesson-table table { border-collapse: collapse; font-size: 0.95rem; font-variant-numeric: tabular-nums; }
.lesson-table th { text-align: left; font-weight: 600; }
.lesson-table tbody th { font-weight: 400; opacity: 0.75; white-space: nowrap; }
.lesson-table th, .lesson-table td { padding: 0.3rem 1.6rem 0.3rem 0;
  border-bottom: 1px solid rgba(128, 128, 128, 0.3); }
.lesson-table .short { white-space: nowrap; }
@media (max-width: 640px) {
  .lesson-table tbody th { white-space: normal; min-width: 5.5rem; }
  .lesson-table th, .lesson-table td { padding-right: 0.7rem; }
}
</style>"""


_ONE_LINE, _SHORT = 8, " class='short'"
"""A text of so many characters is a number with its unit, or a word: it stays in one line."""


def table(columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Draw the table.

    Args:
        columns: their headings, shown as text, whatever they contain.
        rows: the heading of each row, and its text in every column.
    """
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr><th scope='row'>{html.escape(name)}</th>"
        + "".join(f"<td{_SHORT if len(text) <= _ONE_LINE else ''}>{html.escape(text)}</td>" for text in texts)
        + "</tr>"
        for name, texts in rows.items()
    )
    whole = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    said = html.escape(f"Table of {', '.join(columns)}")  # it may be wider than the page: then the arrow keys scroll it
    st.html(f"{_STYLE}<div class='lesson-table' tabindex='0' role='region' aria-label='{said}'>{whole}</div>")
