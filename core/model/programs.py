"""Compiled graphs by architecture: made once by whoever asks first, forgotten when others need their memory."""

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from cachetools import LRUCache

from core.model.architecture import Architecture


class Sized(Protocol):
    """Something with a size."""

    @property
    def nbytes(self) -> int:
        """About how many bytes it fills."""


P = TypeVar("P", bound=Sized)


class Programs(Generic[P]):
    """The graphs of many architectures.

    Args:
        make: compiles those of one architecture in one variant: to compute in a dtype, or as far as a layer.
        most_bytes: what all of them may fill.
    """

    def __init__(self, make: Callable[[Architecture, str], P], most_bytes: int) -> None:
        self._make = make
        self._made: LRUCache[tuple[Architecture, str], P] = LRUCache(most_bytes, lambda program: program.nbytes)
        self._looking, self._making = threading.Lock(), threading.Lock()

    def of(self, architecture: Architecture, variant: str = "float32") -> P:
        """Return the graphs of an architecture; one's are made at a time."""
        key = (architecture, variant)
        if found := self._known(key):
            return found
        with self._making:
            if found := self._known(key):
                return found
            made = self._make(architecture, variant)
            with self._looking:
                self._made[key] = made
            return made

    def _known(self, key: tuple[Architecture, str]) -> P | None:
        with self._looking:
            return self._made.get(key)
