"""Small files that several processes read while one writes: replaced whole, read only when they changed.

Whatever a damaged file makes its reader raise, these say "nothing readable here": damage costs a run its own answer,
never a page.
"""

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

MAX_JSON_BYTES = 4_000_000
"""No JSON file of a run is nearly as large; what is larger is damage, and not read."""

SETTLED_S = 0.1
"""A file changed less than this ago may change again within one tick of its clock, and look the same."""

T = TypeVar("T")
Stamp = tuple[int, int, int]


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


def write_json(path: Path, value: Any, *, room: int = 0) -> None:
    """Replace `path` by `value` as JSON, never leaving a half-written file.

    With `room`, the file is filled up to so many bytes: on a full disk a later value that fits is written in place,
    where it needs no space. So the last sentence about a run can be told when nothing else can be written.
    """
    data = json.dumps(value, indent=1).encode().ljust(room)
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except OSError:
        if not room or not path.is_file() or path.stat().st_size < len(data):
            raise
        with path.open("r+b") as file:
            file.write(data.ljust(path.stat().st_size))


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in `path`; None when there is none, however damaged the file is."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_JSON_BYTES + 1)
        value = json.loads(data.decode("utf-8")) if len(data) <= MAX_JSON_BYTES else None
    except (OSError, ValueError, RecursionError):  # brackets nested a hundred thousand deep are a RecursionError
        return None
    return value if isinstance(value, dict) else None


def read_array(path: Path) -> NDArray[Any] | None:
    """Return the array in the .npy file `path`; None when there is none, however damaged the file is."""
    try:
        return np.load(path, allow_pickle=False)
    except Exception:  # NumPy's readers raise what their damage leads them to, a syntax error among it
        return None


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays in the .npz file `path`, by name; none when it cannot be read, however damaged it is."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception:  # as above, and zipfile's and zlib's own
        return {}


def is_text(value: Any, *, at_most: int = 1000) -> bool:
    """Return whether `value`, from a file, is text that a page can show: not endless, no half of a surrogate pair."""
    return isinstance(value, str) and len(value) <= at_most and value.encode("utf-8", "replace").decode() == value


def stamp(path: Path) -> Stamp | None:
    """Return what changes when the file or folder `path` does; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def settled(found: Stamp) -> bool:
    """Return whether a file with this stamp was left alone long enough for its next change to change the stamp."""
    return time.time() - found[0] / 1e9 > SETTLED_S


class Remembered(Generic[T]):
    """What `read` made of files, kept until they change.

    Args:
        read: called with a path; must answer for a missing file too.
        at_most: how many answers are kept, the last used ones.
    """

    def __init__(self, read: Callable[[Path], T], *, at_most: int) -> None:
        self._read = read
        self._kept: LRUCache[Path, tuple[Stamp, T]] = LRUCache(at_most)
        self._lock = threading.Lock()

    def __call__(self, path: Path) -> T:
        """Return what is in `path` now."""
        now = stamp(path)
        if now is None:
            return self._read(path)
        with self._lock:
            kept = self._kept.get(path)
            if kept is not None and kept[0] == now:
                return kept[1]
        value = self._read(path)
        if settled(now):
            with self._lock:
                self._kept[path] = (now, value)
        return value
