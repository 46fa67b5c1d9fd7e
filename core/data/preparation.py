"""Data that take seconds to convert: looked for often, converted once, and nobody waits for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.config import Settings
from core.errors import DataError

State = bool | str
"""True where data can be used, False where they are not on this machine, else what is wrong with them."""

_TRUSTED_S = 2.0


@dataclass(slots=True, kw_only=True, eq=False)
class Preparation:
    """Keeps one source of images converted. Every method may be called by any thread.

    Attributes:
        find: returns where the source lies, None where there is none; quick.
        is_converted: whether it was converted as it is now, so that loading takes milliseconds; quick.
        signature: changes whenever the source does.
        convert: converts it; takes seconds. All four may raise a DataError or an OSError.
    """

    find: Callable[[Settings], Path | None]
    is_converted: Callable[[Path, Settings], bool]
    signature: Callable[[Path], str]
    convert: Callable[[Path, Settings], object]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _usable: dict[Settings, float] = field(default_factory=dict)  # when the source was last seen to be usable
    _refusals: dict[str, str] = field(default_factory=dict)  # a damaged source is read once, not at every rerun

    def state(self) -> State:
        """Return how the source is. Where it was never converted, the first call converts it; others do not wait.

        Every run of every page asks: where it was usable a moment ago, nothing is looked at again.
        """
        settings = Settings.from_environ()
        if time.monotonic() - self._usable.get(settings, -_TRUSTED_S) < _TRUSTED_S:
            return True
        state = self._look(settings)
        if state is True:
            self._usable[settings] = time.monotonic()
        return state

    @property
    def is_under_way(self) -> bool:
        """Whether the source is being converted just now by another call of `state`."""
        return self._lock.locked()

    def _look(self, settings: Settings) -> State:
        try:
            source = self.find(settings)
            if source is None:
                return False
            if self.is_converted(source, settings):
                return True
            if not self._lock.acquire(blocking=False):
                return False
            try:
                return self._convert(source, settings)
            finally:
                self._lock.release()
        except (DataError, OSError) as error:
            return str(error)

    def _convert(self, source: Path, settings: Settings) -> State:
        key = f"{settings.home} {source} {self.signature(source)}"
        if key in self._refusals:
            return self._refusals[key]
        try:
            self.convert(source, settings)
        except DataError as error:
            if not isinstance(error.__cause__, OSError):  # A full disk may have room the next time.
                self._refusals[key] = str(error)
            return str(error)
        return True
