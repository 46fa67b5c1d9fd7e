"""A sign that one process gives another, on this machine or on another one that shares the folder."""

import contextlib
from pathlib import Path


class Flag:
    """Up while its file exists; looked at before every step, so it must cost next to nothing.

    Args:
        path: of the file, which is empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def up(self) -> bool:
        """Whether it is up now."""
        return self.path.exists()

    def set(self, up: bool) -> None:
        """Put it up or down; on a disk that takes nothing it stays as it is."""
        with contextlib.suppress(OSError):
            if up:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.touch()
            else:
                self.path.unlink(missing_ok=True)


def others_wait(folder: Path) -> Flag:
    """Return the sign, in the folder of a run in training, that it leaves at the end of its turn, to be continued."""
    return Flag(folder / "others-wait")
