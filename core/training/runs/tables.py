"""Tables of numbers that grow line by line: written by one process, read on by others from where they stood.

A long run has a million lines. They are read in small pieces, so that other threads go on meanwhile, and kept thinned.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.training.runs.files import Stamp, replacing, stamp

Columns = dict[str, NDArray[np.float64]]

PIECE_BYTES = 128 * 1024
"""Read and parsed at once; a few milliseconds in which no other thread runs."""

MAX_ROWS = 20_000
"""A `GrowingTable` keeps no more rows than this, evenly thinned."""

WHOLE_ROWS = 5_000
"""So many of the newest rows it keeps whole."""

MAX_CACHED_BYTES = 64_000_000
"""All tables that are kept for the next reader together."""


class Table:
    """A CSV file of numbers that grows line by line; every line is on its way to the disk at once.

    Args:
        columns: of the header; the first of them ascends.
        until: drop what comes after the last line whose first column is at most this: what a crash left over.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, until: float | None = None) -> None:
        self._columns = tuple(columns)
        if until is not None and path.is_file():
            _cut(path, until)
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


def _cut(path: Path, until: float) -> None:
    """Drop the lines after the last one whose first cell is at most `until`, and a line without its end."""
    data = path.read_bytes()
    end = len(data)
    while end:
        start = data.rfind(b"\n", 0, end - 1) + 1
        whole = data[end - 1 : end] == b"\n"
        if whole and (not start or _number(data[start:end].split(b",")[0]) <= until):
            break
        end = start
    if end < len(data):
        with replacing(path) as temporary:
            temporary.write_bytes(data[:end])


def _text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def read_table(path: Path) -> Columns:
    """Return the columns of a `Table`, all of it; empty cells are NaN, a last line still being written is left out."""
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file:
            header = _header(file)
            blocks = [_rows(piece, len(header)) for piece in _pieces(file)]
    except OSError:
        return {}
    if not header:
        return {}
    values = np.concatenate([np.empty((0, len(header))), *blocks])
    return {name: values[:, i] for i, name in enumerate(header)}


class GrowingTable:
    """A table as it stands: each look reads what is new, or all of it when it was replaced.

    Above `MAX_ROWS` rows, those before the newest `WHOLE_ROWS` are thinned evenly.

    Args:
        columns: those to keep; a file without one of them counts as empty, as a damaged or missing one does.
            A line without a finite number in the first of them counts as damaged.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path, self._columns = path, columns
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._forget()

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return 2 * self._kept.nbytes + 4096

    def look(self) -> Columns:
        """Return the columns as they stand now, read-only arrays (rows,)."""
        now = stamp(self._path)
        if now is None:
            with self._lock:
                self._forget()
            return self._values
        if now == self._stamp:
            return self._values
        with self._lock:
            if now != self._stamp:
                self._read(now)
            return self._values

    def _forget(self) -> None:
        self._stamp = None
        self._offset = self._count = 0
        self._every, self._header = 1, []  # type: tuple[int, list[str]]
        self._kept = np.empty((0, 1 + len(self._columns)))  # number of the row, then its cells
        self._publish()

    def _read(self, now: Stamp) -> None:
        before = self._stamp
        grown = before is not None and now[1] == before[1] and now[2] > before[2] and now[2] >= self._offset
        if not grown:
            self._forget()
        try:
            with self._path.open("rb") as file:
                if not self._offset:
                    self._header = _header(file)
                    self._offset = file.tell() if self._header else 0
                if set(self._columns) <= set(self._header):
                    file.seek(self._offset)
                    for piece in _pieces(file):
                        self._add(_rows(piece, len(self._header)))
                        self._offset += len(piece)
        except OSError:
            self._forget()
            return
        self._publish()
        self._stamp = now

    def _add(self, rows: NDArray[np.float64]) -> None:
        chosen = rows[:, [self._header.index(name) for name in self._columns]]
        chosen = chosen[np.isfinite(chosen[:, 0])]
        numbers = np.arange(self._count, self._count + len(chosen), dtype=np.float64)
        self._count += len(chosen)
        self._kept = np.concatenate([self._kept, np.column_stack([numbers, chosen])])
        if len(self._kept) <= MAX_ROWS:
            return
        newest = self._kept[:, 0] >= self._count - WHOLE_ROWS
        while (keep := newest | (self._kept[:, 0] % self._every == 0)).sum() > 0.75 * MAX_ROWS:
            self._every *= 2
        self._kept = self._kept[keep]

    def _publish(self) -> None:
        values = {name: self._kept[:, i].copy() for i, name in enumerate(self._columns, start=1)}
        for column in values.values():
            column.flags.writeable = False
        self._values = values


_cached: "OrderedDict[Path, GrowingTable]" = OrderedDict()
_caching = threading.Lock()


def table(path: Path, columns: tuple[str, ...]) -> Columns:
    """Return the table in `path` as it stands, read once for all who ask; see `GrowingTable`."""
    with _caching:
        growing = _cached.get(path)
        if growing is None:
            while _cached and sum(each.nbytes for each in _cached.values()) > MAX_CACHED_BYTES:
                _cached.popitem(last=False)
            growing = _cached[path] = GrowingTable(path, columns)
        _cached.move_to_end(path)
    return growing.look()


def _header(file: IO[bytes]) -> list[str]:
    """Return the names in the first line of a file; none where that is no whole line."""
    line = file.readline(4096)
    return line.decode("ascii", "replace").strip("\r\n").split(",") if line.endswith(b"\n") else []


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what follows, in pieces of whole lines; a last line without its end is left out.

    A line longer than a piece is none of ours: what begins with it is left out.
    """
    rest = b""
    while block := file.read(PIECE_BYTES):
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if newline:
            yield whole + newline
        if len(rest) > PIECE_BYTES:
            return


def _rows(piece: bytes, width: int) -> NDArray[np.float64]:
    """Return the numbers (rows, width) in whole lines; empty cells are NaN, lines of another width are left out."""
    lines = piece.replace(b"\r", b"").split(b"\n")[:-1]
    right = [line for line in lines if line.count(b",") == width - 1]
    if not right or width < 2:
        return np.empty((0, width))
    text = b",".join(right)
    for _ in range(2):
        text = text.replace(b",,", b",nan,")
    text = b"nan" * text.startswith(b",") + text + b"nan" * text.endswith(b",")
    try:
        values = np.fromstring(text, sep=",")
    except ValueError:  # something in it is no number: look at it cell by cell
        values = np.array([_number(cell) for line in right for cell in line.split(b",")])
    if values.size != len(right) * width:
        values = np.array([_number(cell) for line in right for cell in line.split(b",")])
    return values.reshape(-1, width)


def _number(cell: bytes) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
