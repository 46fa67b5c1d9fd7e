"""Remembers what a function returned, for all visitors, up to a number of bytes.

A hall asks for the same pictures: each is made once, whoever asks meanwhile waits for it, and what nobody asked for the
longest goes first when the bytes are used up.
"""

import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import update_wrapper
from threading import Condition, Lock, get_ident
from typing import Any, ParamSpec, TypeVar

import numpy as np
from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from numpy.typing import NDArray

from core.page_runs import page_runs

ENTRY_BYTES = 200
"""What remembering takes beside a result and its key, as measured with many small ones."""

P = ParamSpec("P")
R = TypeVar("R")

_lock = Lock()
_awaited: Counter[int] = Counter()  # thread -> how many others wait for what it makes


def remembered(
    megabytes: float, *, key: Callable[..., Hashable] = hashkey, size: Callable[..., int] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that keeps a function's results, `megabytes` of them at the most, safe for threads.

    Errors are not kept, and a result larger than the bound is handed out without being kept. Results are shared: nobody
    may change them.

    Args:
        megabytes: the bound, in millions of bytes, keys and what remembering takes among them.
        key: called with the arguments, what tells results apart; default: the arguments, hashable and small.
        size: bytes of a result; default: `size_of`.
    """
    cache = cached(_Results(megabytes * 1e6, size or size_of), key=key, condition=Condition())

    def decorated(make: Callable[P, R]) -> Callable[P, R]:
        makers: dict[Hashable, int] = {}

        def made(*args: P.args, **kwargs: P.kwargs) -> R:
            name = key(*args, **kwargs)
            makers[name] = get_ident()
            try:
                return make(*args, **kwargs)
            finally:
                del makers[name]

        known = cache(update_wrapper(made, make))

        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            with _waiting_for(makers.get(key(*args, **kwargs)) if makers else None):
                return known(*args, **kwargs)

        update_wrapper(asked, known).cache_clear = known.cache_clear  # type: ignore[attr-defined]
        return asked

    return decorated


class _Results(LRUCache[Hashable, Any]):
    """What a function returned, by what tells it from others. That counts too: of an image it may be many bytes.

    Args:
        most_bytes: what all of it may fill.
        size: returns the bytes of a result.
    """

    def __init__(self, most_bytes: float, size: Callable[[Any], int]) -> None:
        super().__init__(most_bytes)
        self._size, self._beside = size, 0

    def __setitem__(self, key: Hashable, value: Any) -> None:
        self._beside = ENTRY_BYTES + size_of(key)
        super().__setitem__(key, value)

    def getsizeof(self, value: Any) -> int:  # type: ignore[override]
        """Return what an entry with this result fills, of the key that is being set."""
        return self._beside + self._size(value)


def awaited() -> Callable[[], bool]:
    """Return what tells, in any thread, whether another one waits for what this one makes to be remembered."""
    thread = get_ident()
    return lambda: _awaited[thread] > 0


@contextmanager
def _waiting_for(maker: int | None) -> Iterator[None]:
    if maker is None or maker == get_ident():
        yield
        return
    with page_runs.aside():
        with _lock:
            _awaited[maker] += 1
        try:
            yield
        finally:
            with _lock:
                _awaited[maker] -= 1
                if not _awaited[maker]:
                    del _awaited[maker]


def forget(function: Callable[..., Any], *args: Hashable) -> None:
    """Forget what a remembered function returned for these arguments."""
    with function.cache_lock:  # type: ignore[attr-defined]
        function.cache.pop(function.cache_key(*args), None)  # type: ignore[attr-defined]


def size_of(value: Any) -> int:
    """Return about how many bytes a value keeps in memory: arrays, texts, and what holds them.

    A view counts as all of what it looks at, unless that lies in a file.

    >>> size_of(np.zeros((10, 100), np.float32)) >= 4000
    True
    >>> size_of({"a": b"x" * 1000, "b": [b"x" * 1000]}) >= 2000
    True
    """
    own = sys.getsizeof(value)
    if isinstance(value, np.ndarray):
        return 128 + _looked_at(value).nbytes
    if isinstance(value, Mapping):
        return own + sum(size_of(key) + size_of(each) for key, each in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return own + sum(map(size_of, value))
    if is_dataclass(value) and not isinstance(value, type):
        return own + sum(size_of(getattr(value, field.name)) for field in fields(value))
    return own


def _looked_at(array: NDArray[Any]) -> NDArray[Any]:
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return array if isinstance(owner, np.memmap) else owner
