import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data import registry
from core.training.runs.catalogue import find_run
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.shared.sidebar import Selection
from tests.pages.conftest import Visit, assert_calm


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A visitor's run that has not written a snapshot yet."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "waiting"
    folder.mkdir(parents=True)
    shutil.copy(find_run("digits").folder / "config.json", folder)
    return Run(folder)


def test_a_run_with_snapshots_misses_nothing() -> None:
    run = find_run("digits")
    assert Selection(dataset=registry.load("digits"), run=run, snapshot=Snapshot(run, 10)).missing == ""


def test_no_run_and_no_snapshot_have_a_sentence_each(waiting: Run) -> None:
    digits = registry.load("digits")
    assert "No network has been trained" in Selection(dataset=digits, run=None, snapshot=None).missing
    assert "has no snapshot yet" in Selection(dataset=digits, run=waiting, snapshot=None).missing


@pytest.mark.parametrize("page", ["predictions", "activations", "classify"])
def test_pages_stay_calm_without_a_snapshot(waiting: Run, visit: Visit, page: str) -> None:
    app: AppTest = visit(page)
    app.selectbox(key="sidebar.data").set_value("digits").run()
    app.selectbox(key="sidebar.run").set_value("waiting").run()
    assert_calm(app)
    assert "has no snapshot yet" in " ".join(block.value for block in app.info)
