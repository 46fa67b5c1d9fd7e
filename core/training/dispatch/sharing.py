"""One line of runs for all servers that share a home: one of them leads it, and trains; the others tell it who comes.

Whichever server holds the lock of `<home>/line` leads. The operating system drops the lock when that server is gone,
however it went; the next one to look leads then (`TrainingQueue.look`). The files beside the lock:

    order.json    who trains and who waits, as the leading server knows it
    called        there when another server has put a run in line, or taken one out
"""

import contextlib
import threading
from pathlib import Path

from core.config import Settings
from core.training.runs.files import Remembered, read_json, write_json
from core.training.runs.flag import Flag
from core.training.runs.lock import FolderLock

_held: dict[Path, FolderLock] = {}
_trying = threading.Lock()


def lead() -> bool:
    """Return whether this process leads the home's line; where nobody does and it may train, it leads from now on."""
    settings = Settings.from_environ()
    folder = settings.home / "line"
    with _trying:
        if folder not in _held and settings.training:
            with contextlib.suppress(OSError):  # a BlockingIOError: another one leads
                folder.mkdir(parents=True, exist_ok=True)
                _held[folder] = FolderLock(folder, wait_s=0)
        return folder in _held


def called() -> Flag:
    """Return the sign that others give the leading server."""
    return Flag(_folder() / "called")


def publish(order: list[str]) -> None:
    """Tell the other servers the ids of the runs that train or wait, in the order of their turns."""
    if order != published():
        with contextlib.suppress(OSError):  # on a full disk they know an older one
            write_json(_folder() / "order.json", {"order": order})


def published() -> list[str]:
    """Return what the leading server has published last; nothing where it cannot be read."""
    return list(_published(_folder() / "order.json"))


def _read(path: Path) -> list[str]:
    names = (read_json(path) or {}).get("order")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


_published = Remembered(_read, at_most=16)


def _folder() -> Path:
    return Settings.from_environ().home / "line"
