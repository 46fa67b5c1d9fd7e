"""From a data set's name to its images."""

import threading
import time
from pathlib import Path

from core.config import Settings
from core.data import cifar10, digits, sample
from core.data.dataset import Dataset
from core.errors import DataError

DATASET_NAMES = ("cifar10", "cifar10-sample", "digits")

_lock = threading.Lock()
_TRUSTED_S = 2.0
_usable: dict[Settings, float] = {}  # When CIFAR-10 was last seen to be usable.
_refusals: dict[str, str] = {}  # What is wrong with a source: a damaged one is read once, not at every rerun.


def load(name: str) -> Dataset:
    """Return a data set. Cheap where it was converted before: CIFAR-10 is mapped, not read.

    Args:
        name: one of `DATASET_NAMES`.

    Raises:
        DataError: there is no such data set, or its images are missing or damaged.
    """
    if name == "cifar10":
        if reason := problem():
            raise DataError(reason)
        return cifar10.load(Settings.from_environ())
    if name == "cifar10-sample":
        return sample.load()
    if name == "digits":
        return digits.load()
    raise DataError(f"Expected one of {', '.join(DATASET_NAMES)}. Received {name!r}. Choose one from the list.")


def available() -> tuple[str, ...]:
    """Return the names of the data sets that load, best first; never raises.

    Where CIFAR-10 lies on this machine but was never converted, the first call converts it, which takes some seconds,
    once: the server makes that call in a thread when it starts. Calls meanwhile do not wait, they name the sample.
    """
    return ("cifar10" if _cifar10_state() is True else "cifar10-sample", "digits")


def is_preparing() -> bool:
    """Return whether CIFAR-10 is being converted just now by another call of `available`."""
    return _lock.locked()


def problem() -> str | None:
    """Return why CIFAR-10, though somebody named it, cannot be used; None where nothing is wrong or nobody named it."""
    state = _cifar10_state()
    return state if isinstance(state, str) else None


def _cifar10_state() -> bool | str:
    """Return True where CIFAR-10 can be used, False where it is not on this machine, and else what is wrong with it.

    Every run of every page asks: where it was usable a moment ago, the folder is not looked at again.
    """
    settings = Settings.from_environ()
    if time.monotonic() - _usable.get(settings, -_TRUSTED_S) < _TRUSTED_S:
        return True
    state = _look(settings)
    if state is True:
        _usable[settings] = time.monotonic()
    return state


def _look(settings: Settings) -> bool | str:
    try:
        source = cifar10.find(settings)
        if source is None:
            return False
        if cifar10.is_converted(source, settings):
            return True
        if not _lock.acquire(blocking=False):
            return False
        try:
            return _convert(source, settings)
        finally:
            _lock.release()
    except (DataError, OSError) as error:
        return str(error)


def _convert(source: Path, settings: Settings) -> bool | str:
    key = f"{settings.home} {source} {cifar10.signature(source)}"
    if key in _refusals:
        return _refusals[key]
    try:
        cifar10.convert(source, settings)
    except DataError as error:
        if not isinstance(error.__cause__, OSError):  # A full disk may have room the next time.
            _refusals[key] = str(error)
        return str(error)
    return True
