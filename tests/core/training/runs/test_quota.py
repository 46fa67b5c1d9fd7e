import errno
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import registry
from core.errors import TrainingError
from core.model.structure.architecture import Architecture
from core.training.recipes import RECIPES
from core.training.runs import quota
from core.training.runs.run_config import RunConfig, new_config
from tests.damage import whole_run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_FREE_GB", "0.001")
    return tmp_path


def config(epochs: int = 3) -> RunConfig:
    recipe = replace(RECIPES["digits"], epochs=epochs)
    return new_config(registry.load("digits"), Architecture.tutorial(), recipe)


def test_counts_runs_and_trash(home: Path) -> None:
    folder = whole_run(home, "one")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert quota.used_bytes() == size
    (home / "trash").mkdir()
    folder.rename(home / "trash" / "one")
    assert quota.used_bytes() == size


def test_a_run_is_refused_where_the_quota_has_no_room(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_QUOTA_GB", "0.01")
    quota.refuse_without_room(1_000_000)
    with pytest.raises(TrainingError, match="Expected room for 20 MB among 10 MB"):
        quota.refuse_without_room(20_000_000)


def test_the_trash_makes_room_before_anybody_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = whole_run(home, "one")
    (home / "trash").mkdir()
    folder.rename(home / "trash" / "one")
    used = quota.used_bytes()
    monkeypatch.setenv("CONVSCOPE_QUOTA_GB", str(1.5 * used / 1e9))
    quota.refuse_without_room(int(0.8 * used))
    assert quota.used_bytes() == 0 and not (home / "trash" / "one").exists()


def test_the_trash_is_kept_where_emptying_it_would_not_be_enough(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = whole_run(home, "one")
    (home / "trash").mkdir()
    folder.rename(home / "trash" / "one")
    monkeypatch.setenv("CONVSCOPE_QUOTA_GB", "0.01")
    with pytest.raises(TrainingError, match="Expected room"):
        quota.refuse_without_room(11_000_000)
    assert (home / "trash" / "one").exists()


def test_trash_that_cannot_be_deleted_makes_no_room_and_no_endless_loop(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_run(home, "one")
    used = quota.used_bytes()
    (home / "trash").symlink_to(home / "runs" / "one")  # its files are no folders: nothing of it can be deleted
    monkeypatch.setenv("CONVSCOPE_QUOTA_GB", str(1.2 * used / 1e9))
    with pytest.raises(TrainingError, match="Expected room"):
        quota.refuse_without_room(int(0.5 * used))


def test_a_floor_of_free_space_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_FREE_GB", "1e6")
    with pytest.raises(TrainingError, match=r"to spare on the disk\. Received"):
        quota.refuse_without_room(1)
    with pytest.raises(TrainingError, match="The disk is nearly full"):
        quota.refuse_to_go_on()


def test_large_networks_keep_fewer_snapshots_and_thirty_small_epochs_stay_small() -> None:
    assert quota.snapshots_at_most(Architecture.tutorial()) == 31
    assert quota.snapshots_at_most(Architecture.strong()) == 12
    assert quota.forecast_bytes(config(30), 1437, 360) < 40_000_000


def test_errors_of_the_disk_are_told_apart() -> None:
    assert "Received a full one" in str(quota.disk_problem(OSError(errno.ENOSPC, "No space left on device")))
    told = str(quota.disk_problem(OSError(errno.EROFS, "Read-only file system")))
    assert "Read-only file system" in told and "choose another folder" in told
