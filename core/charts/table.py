"""Tables as CSV, for spreadsheets and pandas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute instead of showing."""


def as_csv(columns: Mapping[str, Sequence[Any] | Iterable[Any]]) -> str:
    r"""Return columns of equal length as CSV with a header; numbers in full, NaN as nothing.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> as_csv({"class": ["cat", "=1+1"], "share": [0.5, float("nan")]})
    "class,share\ncat,0.5\n'=1+1,\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows(map(_cell, row) for row in zip(*columns.values(), strict=True))
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value != value else value  # NaN alone differs from itself
