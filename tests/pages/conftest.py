"""Pages run as Streamlit runs them, without a browser: `visit("dataset")` opens the page and returns the app."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from core.web import keras_state

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"
Visit = Callable[[str], AppTest]


def assert_calm(app: AppTest) -> None:
    """No traceback and no error box."""
    assert [error.value for error in app.exception] == []
    assert [error.value for error in app.error] == []


@pytest.fixture(autouse=True)
def _keras_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the server: else a page's end would swap Keras' state under a thread that compiles a network."""
    monkeypatch.setattr(script_runner, "_clean_problem_modules", script_runner._clean_problem_modules)
    keras_state.keep()


@pytest.fixture
def visit() -> Visit:
    """Open a page by its file's name and check that it is calm."""

    def open_page(name: str) -> AppTest:
        app = AppTest.from_file(str(NAVIGATION), default_timeout=120).run()
        if name != "overview":
            app.switch_page(f"{name}/{name}.py").run()
        assert_calm(app)
        return app

    return open_page
