"""Every page while the chosen run waits in the queue: it has a config and no snapshot yet."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import SHIPPED_RUNS
from core.model.inference import warm
from tests.pages.conftest import NAVIGATION


@pytest.mark.parametrize(
    "page", ["overview", "dataset", "kernels", "network", "training", "predictions", "activations", "classify"]
)
def test_a_run_without_snapshots_is_explained(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    folder = tmp_path / "runs" / "digits-waiting"
    folder.mkdir(parents=True)
    config = json.loads((SHIPPED_RUNS / "digits" / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"id": "digits-waiting", "owner": "somebody"}))
    (folder / "control.json").write_text('{"wish": "run", "serial": 1, "until_epoch": null}')
    warm.begin()
    assert warm.wait(120)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": "digits-waiting"})
    app.switch_page(f"{page}/{page}.py").run()
    assert not app.exception
    assert app.session_state["sidebar.selection"].run.id == "digits-waiting"
    assert all("none yet" in error.value for error in app.error)
