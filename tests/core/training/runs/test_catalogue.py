import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.data import registry
from core.errors import RunError
from core.model.structure.architecture import Architecture
from core.training.runs import catalogue
from core.training.runs.catalogue import damaged_runs, find_run, list_runs, own_runs, runs_folder, runs_on
from core.training.runs.files import write_json
from core.training.runs.run_config import RunConfig


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    return tmp_path


def write(config: RunConfig, name: str, **changes: object) -> Path:
    folder = runs_folder() / name
    folder.mkdir(parents=True)
    write_json(folder / "config.json", replace(config, id=name, **changes).to_json())  # type: ignore[arg-type]
    return folder


def ids() -> list[str]:
    return [run.id for run in own_runs()]


def test_runs_that_come_and_go_are_noticed_at_once(quick_config: RunConfig, home: Path) -> None:
    assert ids() == []
    first = write(quick_config, "first", created="2026-01-01")
    assert ids() == ["first"]
    write(quick_config, "second", created="2026-01-02")
    assert ids() == ["first", "second"]
    first.rename(home / "gone")
    assert ids() == ["second"]
    with pytest.raises(RunError, match="Expected the name of a run"):
        find_run("first")
    (home / "gone").rename(first)
    assert ids() == ["first", "second"]


def test_a_folder_made_before_its_config_is_noticed(quick_config: RunConfig) -> None:
    (runs_folder() / "slow").mkdir(parents=True)
    assert ids() == []
    write_json(runs_folder() / "slow" / "config.json", replace(quick_config, id="slow").to_json())
    assert ids() == ["slow"]


def test_a_thousand_runs_are_read_once(quick_config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1000):
        folder = write(quick_config, f"run-{number:04d}", created=f"2026-01-01T{number:04d}")
        os.utime(folder / "config.json", (time.time() - 60, time.time() - 60))
    os.utime(runs_folder(), (time.time() - 60, time.time() - 60))
    assert len(list_runs("digits")) == 1001
    read = []
    monkeypatch.setattr(catalogue, "stamp", lambda path: read.append(path) or os_stamp(path))
    for _ in range(10):
        assert len(list_runs("digits")) == 1001
    assert len(read) <= 10 * (2 + 8)  # the two folders, and whether a shipped run is in the making
    write(quick_config, "one-more", created="2026-02")
    assert list_runs("digits")[1].id == "one-more"


os_stamp = catalogue.stamp


def test_a_damaged_run_is_told_of_and_hides_no_other(quick_config: RunConfig) -> None:
    write(quick_config, "good")
    for name, content in {"empty": "", "nested": "[" * 100_000, "half": "{", "other": '{"id": 3}'}.items():
        (runs_folder() / name).mkdir()
        (runs_folder() / name / "config.json").write_text(content)
    assert ids() == ["good"]
    assert set(damaged_runs()) == {"empty", "nested", "half", "other"}
    with pytest.raises(RunError, match=r"Expected a readable config\.json in the run nested"):
        find_run("nested")
    write_json(runs_folder() / "half" / "config.json", replace(quick_config, id="half").to_json())
    assert find_run("half").title == quick_config.title


@pytest.mark.parametrize("title", ["\ud800", "x" * 5000])
def test_a_title_no_page_can_show_is_damage(quick_config: RunConfig, title: str) -> None:
    write(quick_config, "odd", title=title)
    assert ids() == []
    assert list(damaged_runs()) == ["odd"]


def test_only_runs_that_answer_with_the_data_s_classes_are_offered(quick_config: RunConfig) -> None:
    digits = registry.load("digits")
    write(quick_config, "same")
    write(quick_config, "others", class_names=tuple("abcdefghij"))
    write(quick_config, "three", class_names=("a", "b", "c"), architecture=Architecture.tutorial(classes=3))
    assert {run.id for run in list_runs("digits")} == {"digits", "same", "others", "three"}
    assert {run.id for run in runs_on(digits)} == {"digits", "same"}
