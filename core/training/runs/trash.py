"""Deleted runs: kept for a day, so that they can be brought back, or until their room is needed."""

import contextlib
import shutil
import time
from pathlib import Path

from core.config import Settings
from core.training.runs.catalogue import runs_folder
from core.training.runs.run import Run

TRASH_S = 24 * 3600.0
"""How long a deleted run can be brought back."""


def trash_folder() -> Path:
    """Return the folder of deleted runs."""
    return Settings.from_environ().home / "trash"


def discard(run: Run) -> None:
    """Move a run into the trash.

    Raises:
        OSError: that cannot be done.
    """
    target = trash_folder() / run.id
    trash_folder().mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    run.folder.rename(target)
    target.touch()  # the day begins now


def bring_back(run_id: str) -> Run:
    """Move a run out of the trash.

    Raises:
        OSError: that cannot be done.
    """
    target = runs_folder() / run_id
    (trash_folder() / run_id).rename(target)
    return Run(target)


def empty_old() -> None:
    """Delete what was discarded more than a day ago."""
    for old in trash_folder().glob("*"):
        with contextlib.suppress(FileNotFoundError):  # brought back at this very moment
            if time.time() - old.stat().st_mtime > TRASH_S:
                shutil.rmtree(old, ignore_errors=True)


def delete_oldest() -> bool:
    """Delete for good what has been in the trash longest; return whether that made room."""
    ages = []
    for path in trash_folder().glob("*"):
        with contextlib.suppress(OSError):
            ages.append((path.stat().st_mtime, path))
    if not ages:
        return False
    oldest = min(ages)[1]
    shutil.rmtree(oldest, ignore_errors=True)
    return not oldest.exists()
