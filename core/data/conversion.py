"""Images converted once into plain `.npy` files, which all visitors share through memory mapping.

A conversion is written in a folder of its own and renamed when whole, so nothing half-written is ever taken for whole,
and two servers may convert at once. Its folder's name is derived from the source's path and state: another source, or
a changed one, is another conversion.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.config import Settings
from core.data.dataset import fingerprint
from core.errors import DataError

FILES = ("train-images.npy", "train-labels.npy", "test-images.npy", "test-labels.npy")

_FORMAT = 1
_MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished-"
_ABANDONED_AFTER_S = 3600.0


class Arrays(NamedTuple):
    """What a conversion holds: images uint8 (n, 32, 32, 3) and labels uint8 (n,), read-only, memory-mapped."""

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def folder(settings: Settings, kind: str) -> Path:
    """Return the folder of all conversions of one kind of source."""
    return settings.home / "data" / kind


def target(settings: Settings, kind: str, source: Path, state: str) -> Path:
    """Return the folder of the conversion of `source` as it is now.

    Args:
        settings, kind: where.
        source: what is converted.
        state: changes whenever the source does.
    """
    return folder(settings, kind) / f"{digest(str(source.resolve()))}-{state}"


def make(target: Path, write: Callable[[Path], None], is_whole: Callable[[Path], bool]) -> Path:
    """Make a conversion, and remove those of earlier states of the same source.

    Args:
        target: its folder.
        write: writes the files and the manifest into the folder it is given.
        is_whole: whether a folder holds a finished conversion.

    Returns:
        `target`.

    Raises:
        OSError: the disk is full or read-only, or what `write` raises.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        write(unfinished)
        _publish(unfinished, target, is_whole)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    _remove_outdated(target)
    return target


def write_manifest(folder: Path, **facts: Any) -> None:
    """Write down what later starts need to know, and check what was written by reading it back."""
    found = {
        "format": _FORMAT,
        "fingerprint": fingerprint(_mapped(folder)),
        "sizes": {name: size(folder / name) for name in FILES},
        **facts,
    }
    (folder / _MANIFEST).write_text(json.dumps(found, indent=1), encoding="utf-8")
    for name in (*FILES, _MANIFEST):
        with (folder / name).open("rb+") as file:
            os.fsync(file.fileno())


def manifest(folder: Path) -> dict[str, Any]:
    """Return what `write_manifest` wrote; nothing where it is missing or damaged."""
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_whole(folder: Path, *facts: str) -> bool:
    """Return whether `folder` is a finished conversion whose files still have the sizes they were written with.

    Args:
        folder: to look at.
        facts: what its manifest must know besides.
    """
    found = manifest(folder)
    if found.get("format") != _FORMAT or {"fingerprint", "sizes", *facts} - found.keys():
        return False
    return bool(found["sizes"] == {name: size(folder / name) for name in FILES})


def arrays(folder: Path) -> Arrays:
    """Return the images and labels of a conversion.

    Raises:
        DataError: its files cannot be read.
    """
    try:
        return Arrays(*map(np.asarray, _mapped(folder)))
    except (OSError, ValueError) as error:
        raise DataError(
            f"Expected converted images in {folder}. Received files that cannot be read. Delete that folder."
        ) from error


def disk_error(error: OSError, source: Path, settings: Settings, needed_bytes: int) -> DataError:
    """Return what to tell whoever starts the server where a conversion cannot be written."""
    return DataError(
        f"Expected to convert {source} into {needed_bytes / 1e6:.0f} MB below {settings.home}. "
        f"Received: {error.strerror or error}. Make room there, or set CONVSCOPE_HOME to another folder."
    )


def size(path: Path) -> int:
    """Return the bytes of a file; -1 where there is none."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except OSError:
        return -1


def digest(text: str) -> str:
    """Return a short hexadecimal digest, for the name of a folder."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:12]


def _mapped(folder: Path) -> list[NDArray[np.uint8]]:
    return [np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in FILES]


def _publish(unfinished: Path, target: Path, is_whole: Callable[[Path], bool]) -> None:
    """Give a finished conversion its name, unless another process was faster."""
    if target.exists() and not is_whole(target):
        shutil.rmtree(target, ignore_errors=True)
    try:
        unfinished.rename(target)
    except OSError:
        if not is_whole(target):
            raise


def _remove_abandoned(folder: Path) -> None:
    """Remove what processes that died while converting left behind."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:  # Another process removed it first.
            continue


def _remove_outdated(target: Path) -> None:
    source, _, state = target.name.rpartition("-")
    for path in target.parent.glob(f"{source}-*") if state and source else ():
        if path != target:
            shutil.rmtree(path, ignore_errors=True)
