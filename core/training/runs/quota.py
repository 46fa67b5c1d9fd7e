"""How much room the runs may take: a quota for the data folder's runs, trash included, and a floor of free space."""

import errno
import os
import shutil
from pathlib import Path

from core.config import Settings
from core.errors import TrainingError
from core.model.structure.architecture import Architecture
from core.training.runs import trash
from core.training.runs.catalogue import runs_folder
from core.training.runs.files import Stamp, stamp
from core.training.runs.run_config import RunConfig

MEGABYTE = 1_000_000
SMALL_SNAPSHOT_BYTES = 1 * MEGABYTE
"""Of networks up to this size every epoch is kept, of larger ones about a dozen."""

STEP_BYTES, IMAGE_BYTES, SNAPSHOT_BYTES = 60, 20, 60_000
"""A line of steps.csv, a validation image's logits, a snapshot of no weights and no images."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def snapshots_at_most(architecture: Architecture) -> int:
    """Return how many snapshots of a run to keep: fewer of a large network."""
    return 31 if 4 * architecture.parameter_count <= SMALL_SNAPSHOT_BYTES else 12


def forecast_bytes(config: RunConfig, training_images: int, validation_images: int) -> int:
    """Return about how large a run's folder will be at most while it trains."""
    weights = 4 * config.architecture.parameter_count
    snapshots = len(config.snapshot_epochs) * (weights + IMAGE_BYTES * validation_images + SNAPSHOT_BYTES)
    resume = 2 * (3 * weights + SNAPSHOT_BYTES)  # with the optimizer's two values a weight; the old one until replaced
    steps = config.recipe.epochs * -(-training_images // config.recipe.batch_size)
    return snapshots + resume + STEP_BYTES * steps


def refuse_without_room(needed_bytes: int) -> None:
    """Raise a TrainingError where a run of this size has no room; make room in the trash first, if that is enough."""
    if _problem(needed_bytes - _bytes_in(trash.trash_folder())) == "":
        while _problem(needed_bytes) and trash.delete_oldest():
            pass
    if problem := _problem(needed_bytes):
        raise TrainingError(problem)


def _problem(needed_bytes: int) -> str:
    settings = Settings.from_environ()
    used, free = used_bytes(), free_bytes(settings.home)
    if used + needed_bytes > settings.quota_bytes:
        return (
            f"Expected room for {_size(needed_bytes)} among {_size(settings.quota_bytes)} for all runs. "
            f"Received {_size(max(0, settings.quota_bytes - used))}. Delete runs you no longer need, or train a "
            "smaller network for fewer epochs."
        )
    if free - needed_bytes < settings.free_bytes:
        wanted = f"room for {_size(needed_bytes)} and " if needed_bytes > 0 else ""
        return (
            f"Expected {wanted}{_size(settings.free_bytes)} to spare on the disk. Received {_size(free)} free. "
            "Delete runs you no longer need, or ask whoever runs this server to make room."
        )
    return ""


def refuse_to_go_on(needed_bytes: int = 0) -> None:
    """Raise a TrainingError where a run in training must not write on: nearly no space is left, or the quota is full.

    Half of the floor is left to runs that have begun.
    """
    settings = Settings.from_environ()
    if free_bytes(settings.home) - needed_bytes < settings.free_bytes / 2:
        raise TrainingError("The disk is nearly full. Make room, then resume it; it goes on from its last epoch.")
    if used_bytes() + needed_bytes > 1.1 * settings.quota_bytes:
        raise TrainingError(
            "The runs' room on this server is used up. Delete runs, then resume it; it goes on from its last epoch."
        )


def free_bytes(folder: Path) -> int:
    """Return the free space where `folder` is, or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def used_bytes() -> int:
    """Return the size of all runs, deleted ones in the trash included."""
    return _bytes_in(runs_folder()) + _bytes_in(trash.trash_folder())


def _bytes_in(parent: Path) -> int:
    return sum(_folder_bytes(folder) for folder in _children(parent))


def disk_problem(error: OSError) -> TrainingError:
    """Return what to say of an error of the disk: whether it is full, or the folder is one nobody can write to."""
    if error.errno in _FULL:
        return TrainingError(
            "Expected room on the disk. Received a full one. Delete runs you no longer need, or ask whoever runs this "
            "server to make room."
        )
    return TrainingError(
        f"Expected a data folder that can be written. Received an error of the disk ({error.strerror or error}). "
        "Ask whoever runs this server to choose another folder."
    )


def is_full(error: OSError) -> bool:
    """Return whether the disk, a quota or a limit on files is what stands against writing."""
    return error.errno in _FULL


_sizes: dict[str, tuple[tuple[Stamp | None, Stamp | None], int]] = {}


def _folder_bytes(folder: Path) -> int:
    """Return a run's size, counted anew only when files in it were made or replaced."""
    now = stamp(folder), stamp(folder / "snapshots")
    known = _sizes.get(folder.name)
    if known is None or known[0] != now:
        if len(_sizes) > 10_000:
            _sizes.clear()
        size = sum(_files_bytes(each) for each in (folder, folder / "snapshots"))
        known = _sizes[folder.name] = (now, size)
    return known[1]


def _files_bytes(folder: Path) -> int:
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total


def _children(parent: Path) -> list[Path]:
    try:
        return list(parent.iterdir())
    except OSError:
        return []


def _size(count: float) -> str:
    """Say a number of bytes.

    >>> _size(12_345_678), _size(20_000_000_000)
    ('12 MB', '20 GB')
    """
    return f"{count / 1e9:.3g} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
