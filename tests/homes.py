"""Data folders with runs in them, for tests."""

import json
import shutil
from pathlib import Path

from core.config import SHIPPED_RUNS
from core.model.construction.network import build
from core.model.structure.architecture import Architecture


def run_of(architecture: Architecture, home: Path, name: str, *, without: str = "") -> Path:
    """Make a finished run on the digits of another network than theirs, its weights random; return its folder.

    Args:
        architecture: the network.
        home: the data folder.
        name: of the run.
        without: pattern of the files that it lacks.
    """
    folder = home / "runs" / name
    shutil.copytree(SHIPPED_RUNS / "digits", folder, ignore=shutil.ignore_patterns(*[without] if without else []))
    config = json.loads((folder / "config.json").read_text())
    changed = config | {"id": name, "owner": "somebody", "architecture": architecture.to_json()}
    (folder / "config.json").write_text(json.dumps(changed))
    (folder / "status.json").write_text(json.dumps({"state": "finished", "epoch": 10}))
    for path in (folder / "snapshots").glob("*.weights.h5"):
        build(architecture, seed=0).save_weights(path)
    return folder
