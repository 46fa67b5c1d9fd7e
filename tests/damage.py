"""Everything that may happen to a file: used by the tests of pages, routes and queue alike."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.config import SHIPPED_RUNS
from core.training.runs.files import read_json, write_json

NESTED = 100_000


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _garbage(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def _nested(path: Path) -> None:
    path.write_bytes(b"[" * NESTED)


def _nested_objects(path: Path) -> None:
    path.write_bytes(b'{"epoch":' * NESTED)


def _endless_numbers(path: Path) -> None:
    path.write_text('{"epoch": %s, "serial": 1e999, "state": ["x"], "wish": {}, "title": "\\ud800"}' % ("9" * 4000))


def _unreadable(path: Path) -> None:
    """A folder in its place: not even the superuser reads that as a file."""
    path.unlink()
    path.mkdir()


def _gone(path: Path) -> None:
    path.unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "emptied": _emptied,
    "cut": _cut,
    "garbage": _garbage,
    "nested": _nested,
    "nested objects": _nested_objects,
    "endless numbers": _endless_numbers,
    "unreadable": _unreadable,
    "gone": _gone,
}

FILES = (
    "config.json",
    "control.json",
    "status.json",
    "steps.csv",
    "epochs.csv",
    "live.npz",
    "lock",
    "resume.keras",
    "snapshots/epoch-010.weights.h5",
    "snapshots/epoch-010.logits.npy",
    "snapshots/epoch-010.evaluation.json",
)


def whole_run(home: Path, run_id: str, *, owner: str = "somebody") -> Path:
    """Write the folder of a visitor's run that has every kind of file, made from the shipped digits run."""
    folder = home / "runs" / run_id
    (folder / "snapshots").mkdir(parents=True)
    source = SHIPPED_RUNS / "digits"
    for path in [*source.glob("*.csv"), *source.glob("snapshots/epoch-000.*"), *source.glob("snapshots/epoch-010.*")]:
        shutil.copy(path, folder / path.relative_to(source))
    config = read_json(source / "config.json") or {}
    write_json(folder / "config.json", config | {"id": run_id, "owner": owner, "created": "2026-01-02T03:04:05"})
    write_json(folder / "control.json", {"wish": "pause", "serial": 1, "until_epoch": None, "message": ""})
    write_json(folder / "status.json", {"state": "paused", "epoch": 9, "serial": 1, "step": 400, "steps": 450})
    with (folder / "live.npz").open("wb") as file:
        kernels, probabilities = np.ones((3, 3, 3, 4), np.float32), np.full((8, 10), 0.1, np.float32)
        np.savez(file, kernels=kernels, peaks=np.ones(4, np.float32), probabilities=probabilities, epoch=9, step=400)
    (folder / "lock").touch()
    (folder / "resume.keras").write_bytes((folder / "snapshots" / "epoch-010.weights.h5").read_bytes())
    return folder
