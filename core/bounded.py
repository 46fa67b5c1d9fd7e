"""Remembers what a function returned, for all visitors, up to a number of bytes.

A hall asks for the same pictures: each is made once, whoever asks meanwhile waits for it, and what nobody asked for the
longest goes first when the bytes are used up.
"""

import sys
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import update_wrapper
from threading import Condition, Lock, get_ident
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np
from cachetools import LRUCache
from cachetools.keys import hashkey
from numpy.typing import NDArray

from core.page_runs import page_runs
from core.wanted import wanted

ENTRY_BYTES = 200
"""What remembering takes beside a result and its key, as measured with many small ones."""

P = ParamSpec("P")
R = TypeVar("R")


def remembered(
    megabytes: float, *, key: Callable[..., Hashable] = hashkey, size: Callable[..., int] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that keeps a function's results, `megabytes` of them at the most, safe for threads.

    Errors are not kept: whoever waited meanwhile makes the result then. A result larger than the bound is handed out
    without being kept. Results are shared: nobody may change them.

    Args:
        megabytes: the bound, in millions of bytes, keys and what remembering takes among them.
        key: called with the arguments, what tells results apart; default: the arguments, hashable and small.
        size: bytes of a result; default: `size_of`.
    """
    return lambda make: _Remembered(make, _Results(megabytes * 1e6, size or size_of), key)


@dataclass(slots=True, eq=False)
class _Making(Generic[R]):
    """A result that is being made: by which thread, who is called once it is there, and `found`, empty till then."""

    maker: int
    waiting: list[Condition] = field(default_factory=list)
    found: list[R] = field(default_factory=list)
    ended: bool = False


class _Remembered(Generic[P, R]):
    """A function whose results are kept; each is made by whoever asks for it first."""

    def __init__(self, make: Callable[P, R], results: "_Results", key: Callable[..., Hashable]) -> None:
        update_wrapper(self, make)
        self.cache_key = key
        self._make, self._results = make, results
        self._lock = Lock()
        self._under_way: dict[Hashable, _Making[R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        name = self.cache_key(*args, **kwargs)
        while True:
            with self._lock:
                if name in self._results:
                    return self._results[name]
                if (other := self._under_way.get(name)) is None:
                    making = self._under_way[name] = _Making(get_ident())
                    break
            self._await(other)
            if other.found:
                return other.found[0]
        try:
            result = self._make(*args, **kwargs)
            with self._lock, suppress(ValueError):  # larger than the bound
                self._results[name] = result
            making.found.append(result)
            return result
        finally:
            self._end(name)

    def forget(self, *args: Hashable) -> None:
        """Forget the result for these arguments."""
        with self._lock:
            self._results.pop(self.cache_key(*args), None)

    def cache_clear(self) -> None:
        """Forget all results."""
        with self._lock:
            self._results.clear()

    def _await(self, other: _Making[R]) -> None:
        """Wait until another thread has made a result, or has failed to."""
        called = Condition(self._lock)
        with page_runs.aside(), wanted.awaiting(other.maker), called:
            other.waiting.append(called)
            wanted.wait_for(called, lambda: other.ended)

    def _end(self, name: Hashable) -> None:
        with self._lock:
            making = self._under_way.pop(name)
            making.ended = True
            for called in making.waiting:
                called.notify()


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


def forget(function: Callable[..., Any], *args: Hashable) -> None:
    """Forget what a remembered function returned for these arguments."""
    assert isinstance(function, _Remembered)
    function.forget(*args)


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
