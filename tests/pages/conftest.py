"""Pages run as Streamlit runs them, without a browser: `visit("dataset")` opens the page and returns the app."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from core.data.sets import sample
from core.web import keras_state
from pages.shared.takehome import File

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


def executed(code: str) -> dict[str, Any]:
    """Run the code that a page shows, in the current folder, and return its names."""
    names: dict[str, Any] = {"__name__": "code"}
    exec(compile(code, "code", "exec"), names)
    return names


@pytest.fixture
def official_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for Keras' download: its arrays hold the bundled images at their official places."""
    import keras

    test = sample.load().test
    train = np.zeros((10, 32, 32, 3), np.uint8), np.zeros((10, 1), np.uint8)
    found = train, (np.array(test.images), np.array(test.labels)[:, None])
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: found)


def pixels_of(file: File) -> NDArray[np.uint8]:
    """Return what a PNG file to take home shows."""
    content = file.make()
    assert isinstance(content, bytes)
    return np.asarray(Image.open(io.BytesIO(content)))


def table_of(file: File) -> dict[str, list[str]]:
    """Return the columns of a CSV file to take home."""
    content = file.make()
    assert isinstance(content, str)
    header, *rows = csv.reader(io.StringIO(content))
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
