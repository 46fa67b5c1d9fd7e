"""A part of a page that runs again on its own explains known errors too, though nothing of the page is around it."""

import functools
import shutil
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from core import cached
from core.config import SHIPPED_RUNS
from core.model.inference import warm
from tests.pages.conftest import NAVIGATION, assert_calm


def rerun_fragment(app: AppTest, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run one fragment of the page alone, as Streamlit does when a widget inside it changes."""
    chosen = list(app._fragment_storage._fragments)[place]
    monkeypatch.setattr(local_script_runner, "RerunData", functools.partial(RerunData, fragment_id_queue=[chosen]))
    app.run()


@pytest.mark.parametrize(("page", "place"), [("overview", 0), ("network", -1)])
def test_a_snapshot_that_went_away_is_explained(
    page: str, place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    folder = tmp_path / "runs" / f"digits-{page}"
    shutil.copytree(SHIPPED_RUNS / "digits", folder)
    warm.begin()
    assert warm.wait(120)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": folder.name})
    app.switch_page(f"{page}/{page}.py").run()
    if page == "network":
        app.button_group(key="network.channel").set_value("feature map").run()
    assert_calm(app)
    shutil.rmtree(folder / "snapshots")
    cached.network.cache_clear()
    cached.maps_and_logits.cache_clear()
    if page == "overview":
        app.number_input(key="image.index").set_value(1)  # what was drawn before is remembered, this was not
    rerun_fragment(app, place, monkeypatch)
    assert not app.exception
    assert any("Expected a snapshot" in error.value for error in app.error)
