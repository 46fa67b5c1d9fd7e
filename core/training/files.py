"""Small files that several processes read while one writes: replaced whole, or appended by lines."""

import contextlib
import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` with the same ending; it takes the place of `path` if all went well."""
    name, dot, ending = path.name.partition(".")
    temporary = path.with_name(f".{name}-{os.getpid()}{dot}{ending}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Replace `path` by `value` as JSON, never leaving a half-written file."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1), encoding="utf-8")


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in `path`; None when there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


class Table:
    """A CSV file of numbers that grows line by line; every line is on its way to the disk at once."""

    def __init__(self, path: Path, columns: Sequence[str], *, keep: Callable[[dict[str, float]], bool] | None = None):
        """Open `path` to append; with `keep`, first drop the lines (a crash left over) for which it is false."""
        self._columns = tuple(columns)
        old = read_table(path)
        if keep is not None and old:
            rows = [dict(zip(old, values, strict=True)) for values in zip(*old.values(), strict=True)]
            kept = [row for row in rows if keep(row)]
            if len(kept) < len(rows) or not _ends_with_line_end(path):
                with replacing(path) as temporary, temporary.open("w", newline="", encoding="ascii") as file:
                    writer = csv.writer(file)
                    writer.writerow(self._columns)
                    writer.writerows([_text(row.get(name, np.nan)) for name in self._columns] for row in kept)
        fresh = not path.exists() or path.stat().st_size == 0
        self._file = path.open("a", newline="", encoding="ascii", buffering=1)
        if fresh:
            self._file.write(",".join(self._columns) + "\n")

    def append(self, **values: float) -> None:
        """Add a line; columns that are not given stay empty."""
        self._file.write(",".join(_text(values.get(name, np.nan)) for name in self._columns) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _ends_with_line_end(path: Path) -> bool:
    return path.read_bytes()[-1:] in (b"\n", b"")


def _text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def read_table(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a `Table`; empty cells are NaN, a last line still being written is left out."""
    try:
        return parse_table(path.read_text(encoding="ascii", errors="replace")) if path.is_file() else {}
    except OSError:
        return {}


def parse_table(text: str) -> dict[str, NDArray[np.float64]]:
    """Return the columns of the CSV `text` as arrays, by name."""
    whole, newline, _ = text.rpartition("\n")
    if not newline:
        return {}
    header, *lines = whole.split("\n")
    columns = header.strip("\r").split(",")
    rows = [line.strip("\r").split(",") for line in lines]
    values = np.array([[_number(cell) for cell in row] for row in rows if len(row) == len(columns)], np.float64)
    values = values.reshape(-1, len(columns))
    return {name: values[:, i] for i, name in enumerate(columns)}


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
