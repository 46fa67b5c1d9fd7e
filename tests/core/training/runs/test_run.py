import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.errors import RunError
from core.training.runs.catalogue import find_run, list_runs, runs_folder
from core.training.runs.files import write_json
from core.training.runs.lock import FolderLock
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig, snapshot_epochs
from core.training.runs.snapshot import Snapshot

BROKEN = {"input_scaling": "unit", "layers": [{"kind": "Dense", "units": 10, "activation": "linear"}]}
"""A stack that cannot be built: Dense directly on feature maps."""


def test_config_round_trip(quick_config: RunConfig) -> None:
    assert RunConfig.from_json(json.loads(json.dumps(quick_config.to_json()))) == quick_config


@pytest.mark.parametrize(
    "damage",
    [
        {"recipe": 3},
        {"architecture": {}},
        {"architecture": BROKEN},
        {"id": "../x"},
        {"seed": -1},
        {"seed": "a"},
        {"title": None},
        {"created": 7},
    ],
)
def test_damaged_configs_are_refused(quick_config: RunConfig, damage: dict[str, object]) -> None:
    with pytest.raises(RunError):
        RunConfig.from_json(quick_config.to_json() | damage)


@pytest.mark.parametrize(
    "damage", [{"epoch": "many"}, {"epoch": None}, {"epoch": float("nan")}, {"serial": "x"}, {"state": ["running"]}]
)
def test_a_damaged_status_is_read_as_far_as_it_makes_sense(tmp_path: Path, damage: dict[str, object]) -> None:
    folder = tmp_path / "digits"
    (folder / "snapshots").mkdir(parents=True)
    (folder / "snapshots" / "epoch-abc.weights.h5").touch()
    (folder / "config.json").write_bytes((SHIPPED_RUNS / "digits" / "config.json").read_bytes())
    write_json(folder / "status.json", {"state": "finished", "epoch": 10, "serial": 1, "updated": 1.0} | damage)
    write_json(folder / "control.json", {"wish": "run", "serial": 0} | damage)
    assert Run(folder).status().epochs == 10
    assert Run(folder).epochs == ()


@pytest.mark.parametrize("damage", [b"", b"\xff" * 100, b"a,b,c\n1,2,3\n", b"epoch,loss\n0,1\n"])
def test_a_damaged_table_is_an_empty_one(tmp_path: Path, damage: bytes) -> None:
    for name in ("steps.csv", "epochs.csv"):
        (tmp_path / name).write_bytes(damage)
    assert len(Run(tmp_path).epoch_table()["val_accuracy"]) == 0
    assert len(Run(tmp_path).steps()["learning_rate"]) == 0


@pytest.mark.parametrize("name", ["", "..", "../shipped", "a/b", "A", "nothing", "x" * 200])
def test_unknown_runs_are_refused(name: str) -> None:
    with pytest.raises(RunError, match="Expected the name of a run"):
        find_run(name)


def test_a_shipped_run_is_read_whole() -> None:
    run = find_run("tutorial")
    assert run.shipped
    assert run.status().state == "finished"
    assert run.epochs == tuple(range(11))
    table = run.epoch_table()
    assert table["val_accuracy"][10] > 0.58
    assert 0.35 < table["val_accuracy"][1] < 0.47
    assert np.isnan(table["loss"][0])
    assert len(run.steps()["loss"]) == 1000
    logits = Snapshot(run, 10).logits()
    assert logits is not None
    assert (logits.shape, logits.dtype) == ((10_000, 10), np.float16)
    assert Snapshot(run, 99).logits() is None
    assert Snapshot(run, 99).evaluation() is None
    assert run.live() == {}


def test_shipped_runs_come_first_and_families_apart(quick_config: RunConfig) -> None:
    assert list_runs("cifar10")[0].id == "tutorial"
    for created, name in (("2026-01-01", "older"), ("2026-01-02", "newer")):
        (runs_folder() / name).mkdir(parents=True, exist_ok=True)
        write_json(runs_folder() / name / "config.json", replace(quick_config, id=name, created=created).to_json())
    (runs_folder() / "damaged").mkdir(exist_ok=True)
    (runs_folder() / "damaged" / "config.json").write_text("{")
    names = [run.id for run in list_runs("digits")]
    assert names[0] == "digits"
    assert names.index("newer") < names.index("older")
    assert "damaged" not in names
    assert "newer" not in [run.id for run in list_runs("cifar10")]


def test_a_run_in_the_making_is_not_shipped_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "config.json").write_bytes((SHIPPED_RUNS / "digits" / "config.json").read_bytes())
    monkeypatch.setattr("core.training.runs.run.SHIPPED_RUNS", tmp_path)
    monkeypatch.setattr("core.training.runs.catalogue.SHIPPED_RUNS", tmp_path)
    assert [run.id for run in list_runs("digits") if run.shipped] == ["digits"]
    write_json(tmp_path / "digits" / "status.json", {"state": "running"})
    assert not [run for run in list_runs("digits") if run.shipped]


@pytest.mark.parametrize(
    ("control", "status", "held", "state"),
    [
        ({"serial": 1}, None, False, "queued"),
        ({"serial": 1}, None, True, "running"),
        ({"serial": 1}, {"state": "running", "serial": 1}, True, "running"),
        ({"serial": 1}, {"state": "running", "serial": 1, "epoch": 4}, False, "interrupted"),
        ({"serial": 2, "wish": "pause"}, {"state": "running", "serial": 1}, True, "running"),
        ({"serial": 2, "wish": "pause"}, {"state": "paused", "serial": 2}, False, "paused"),
        ({"serial": 3, "wish": "run"}, {"state": "paused", "serial": 2}, False, "queued"),
        ({"serial": 2, "wish": "pause"}, None, False, "paused"),
        ({"serial": 2, "wish": "stop"}, None, False, "stopped"),
        ({"serial": 2, "wish": "none", "message": "Lost."}, {"state": "running", "serial": 1}, False, "interrupted"),
        ({"serial": 2, "wish": "stop"}, {"state": "finished", "serial": 1}, False, "finished"),
        ({"serial": 1}, {"state": "failed", "serial": 1, "message": "The disk is full."}, False, "failed"),
    ],
)
def test_state_follows_from_the_files(
    quick_config: RunConfig, tmp_path: Path, control: dict, status: dict | None, held: bool, state: str
) -> None:
    run = Run(tmp_path / "quick")
    run.folder.mkdir()
    write_json(run.folder / "config.json", quick_config.to_json())
    write_json(run.folder / "control.json", control)
    if status is not None:
        write_json(run.folder / "status.json", status)
    lock = FolderLock(run.folder) if held else None
    found = run.status()
    if lock is not None:
        lock.release()
    assert found.state == state
    if state == "interrupted":
        assert found.message
    if state == "failed":
        assert found.message == "The disk is full."
    assert found.active == (state in ("queued", "running"))


@pytest.mark.parametrize(("epochs", "at_most"), [(1, 31), (10, 31), (24, 8), (36, 9), (100, 31), (1000, 12)])
def test_snapshots_are_few_and_reach_from_end_to_end(epochs: int, at_most: int) -> None:
    chosen = snapshot_epochs(epochs, at_most=at_most)
    assert chosen[0] == 0
    assert chosen[-1] == epochs
    assert len(chosen) <= at_most
    assert list(chosen) == sorted(set(chosen))
    assert len(chosen) == min(epochs + 1, at_most)
