"""Each file of a run, damaged in every way: that costs the run a sentence, and no other run anything."""

import itertools
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.model.inference import warm
from core.services import usual
from core.training.routes import downloads, live
from tests.damage import DAMAGES, FILES, whole_run
from tests.pages.conftest import NAVIGATION, assert_calm
from tests.waiting import wait_for

PAGES = ("kernels", "network", "predictions", "activations", "classify")
"""Pages that read a snapshot; the overview and Training, which read every file, are always looked at."""
CASES = list(itertools.product(FILES, DAMAGES))


@pytest.fixture(scope="module", autouse=True)
def _tensorflow_is_loaded() -> None:
    """Else the pages would wait for it, and not look at what is damaged."""
    warm.begin()
    wait_for(warm.is_warm)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    return tmp_path


def damaged_run(home: Path, file: str, damage: str) -> str:
    """Write one damaged run, called as no other test calls its own: networks are remembered by name."""
    name = "-".join(["damaged", str(FILES.index(file)), *damage.split()])
    DAMAGES[damage](whole_run(home, name) / file)
    return name


def explained(app: AppTest) -> None:
    """No traceback; whatever is said is one of our own sentences."""
    assert [each.value for each in app.exception] == []
    assert [each.value for each in app.error if not each.value.startswith("Expected")] == []


def look_around(run_id: str, pages: tuple[str, ...]) -> None:
    """Open the overview, these pages, and Training, with the damaged run chosen; then a healthy one."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": run_id})
    app.run()
    explained(app)
    for page in (*pages, "training"):
        app.switch_page(f"{page}/{page}.py").run()
        explained(app)
    app.segmented_control(key="training.view").set_value("Time machine" if pages else "Compare").run()
    explained(app)
    app.selectbox(key="sidebar.run").set_value("healthy").run()
    assert_calm(app)


@pytest.mark.parametrize(("file", "damage"), CASES)
def test_pages_stay_calm(file: str, damage: str, home: Path) -> None:
    whole_run(home, "healthy")
    look_around(damaged_run(home, file, damage), PAGES if file.startswith("snapshots/") else ())


@pytest.mark.parametrize(("file", "damage"), CASES)
def test_routes_answer(file: str, damage: str, home: Path) -> None:
    name = damaged_run(home, file, damage)
    whole_run(home, "healthy")
    made = usual()
    routes = [*live.routes(lambda: made.live), *downloads.routes(lambda: made.files, cookie="browser")]
    client = TestClient(Starlette(routes=routes))
    for path in (f"/live/runs/{name}", *(f"/runs/{name}/{each}" for each in downloads.FILES)):
        answer = client.get(path)
        assert answer.status_code in (200, 404)
        if answer.status_code == 404:
            assert "Expected" in answer.text
    assert client.get("/live/queue").status_code == 200
    assert client.get("/live/runs/healthy").status_code == 200
