import keras
import pytest
from streamlit.runtime.scriptrunner import script_runner

from core.web import keras_state


def test_a_run_of_a_page_leaves_keras_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cleared: list[bool] = []
    monkeypatch.setattr(keras.backend, "clear_session", lambda: cleared.append(True))
    monkeypatch.setattr(script_runner, "_clean_problem_modules", script_runner._clean_problem_modules)  # put back after

    script_runner._clean_problem_modules()
    assert cleared == [True], "Streamlit does not do it any more: core/web/keras_state.py can go"
    keras_state.keep()
    script_runner._clean_problem_modules()
    assert cleared == [True]
