"""One writer a run folder: a lock that the operating system drops when its holder dies, however it dies."""

import time
from pathlib import Path
from typing import IO

try:
    import fcntl

    def _try(file: IO[bytes], exclusive: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
except ImportError:  # Windows
    import msvcrt

    def _try(file: IO[bytes], exclusive: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]


class FolderLock:
    """Holds `<folder>/lock` until `release` or the end of the process.

    Raises:
        BlockingIOError: another process holds it.
    """

    def __init__(self, folder: Path, *, wait_s: float = 2.0) -> None:
        self._file = (folder / "lock").open("ab+")
        end = time.monotonic() + wait_s  # readers that look whether it is held may hold it for a moment
        while True:
            try:
                _try(self._file, exclusive=True)
                return
            except OSError as error:
                if time.monotonic() > end:
                    self._file.close()
                    raise BlockingIOError(f"another process writes to {folder.name}") from error
                time.sleep(0.02)

    def release(self) -> None:
        """Let go."""
        self._file.close()


def is_held(folder: Path) -> bool:
    """Return whether a living process holds the folder's lock."""
    try:
        with (folder / "lock").open("rb") as file:
            _try(file, exclusive=False)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
