"""A home with a thousand runs: every page stays as quick as in an empty one, and every run can be reached."""

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import SHIPPED_RUNS
from tests.pages.conftest import NAVIGATION, assert_calm

COUNT = 1000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a thousand finished runs of many visitors."""
    home = tmp_path_factory.mktemp("crowded")
    source = SHIPPED_RUNS / "digits"
    config, epochs = json.loads((source / "config.json").read_text()), (source / "epochs.csv").read_bytes()
    for number in range(COUNT):
        folder = home / "runs" / f"run-{number:04d}"
        folder.mkdir(parents=True)
        created = f"2026-11-{1 + number // 40:02d}T10:{number % 40:02d}:00"
        changes = {"id": folder.name, "owner": f"visitor {number % 300}", "created": created}
        (folder / "config.json").write_text(json.dumps(config | changes))
        (folder / "status.json").write_text(json.dumps({"state": "finished", "epoch": 10, "serial": 1}))
        (folder / "epochs.csv").write_bytes(epochs)
    return home


def opened(page: str, view: str = "Train") -> AppTest:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["data"] = "digits"
    app.run()
    if page != "overview":
        app.switch_page(f"{page}/{page}.py").run()
    if view != "Train":
        app.segmented_control(key="training.view").set_value(view).run()
    assert_calm(app)
    return app


def cost_s(app: AppTest) -> float:
    """Processor time of drawing the page again, the least of a few."""
    costs = []
    for _ in range(5):
        began = time.process_time()
        app.run()
        costs.append(time.process_time() - began)
    return min(costs)


@pytest.mark.parametrize(
    ("page", "view"), [("overview", "Train"), ("dataset", "Train"), ("training", "Train"), ("training", "Compare")]
)
def test_a_thousand_runs_cost_a_page_little(
    page: str, view: str, crowded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    alone = cost_s(opened(page, view))
    monkeypatch.setenv("CONVSCOPE_HOME", str(crowded))
    assert cost_s(opened(page, view)) < alone + 0.1  # a generous ceiling: reading them all takes seconds


def test_lists_are_short_and_reach_every_run(crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    monkeypatch.setenv("CONVSCOPE_HOME", str(crowded))
    app = opened("training")
    assert len(app.selectbox(key="sidebar.run").options) <= 41
    assert "961 more runs" in app.selectbox(key="sidebar.run").proto.help
    page = app.number_input(key="training.page")
    assert page.max == -(-(COUNT + 1) // 12)
    page.set_value(page.max).run()
    listed = app.radio(key="training.watch")
    assert len(listed.options) == (COUNT + 1) % 12
    listed.set_value("run-0000").run()
    app.run()
    assert app.session_state["sidebar.selection"].run.id == "run-0000"
    assert len(app.selectbox(key="sidebar.run").options) <= 41
    assert_calm(app)


def test_a_link_compares_runs_that_no_short_list_holds(crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    monkeypatch.setenv("CONVSCOPE_HOME", str(crowded))
    app = opened("training", "Compare")
    options = app.multiselect(key="training.compared").options
    assert len(options) <= 41
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "training.view": "Compare", "training.compared": "run-0000,digits,gone"})
    app.switch_page("training/training.py").run()
    assert_calm(app)
    assert "The tutorial's network, 11-01 10:00:00" in app.multiselect(key="training.compared").options
