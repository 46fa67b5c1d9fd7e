"""Whether a visitor still waits for what a thread computes, by Streamlit's own requests."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import add_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from core.model import gate as gates
from core.wanted import wanted
from pages.shared.visitor import leave_to_the_next, overtaking
from tests.pages.conftest import assert_calm


def asked_in_a_run(requests: ScriptRequests) -> Callable[[], bool]:
    """Return what `overtaking` returns in the thread of a run of a page."""
    found: list[Callable[[], bool]] = []
    context: Any = SimpleNamespace(script_requests=requests)
    thread = threading.Thread(target=lambda: found.append(overtaking()))
    add_script_run_ctx(thread, context)
    thread.start()
    thread.join()
    return found[0]


def running() -> ScriptRequests:
    """Return the requests of a run that has begun."""
    requests = ScriptRequests()
    requests.request_rerun(RerunData())
    requests.on_scriptrunner_ready()
    return requests


def test_a_newer_run_overtakes_and_so_does_leaving() -> None:
    requests = running()
    overtaken = asked_in_a_run(requests)
    assert not overtaken()
    requests.request_rerun(RerunData())
    assert overtaken()
    requests.on_scriptrunner_ready()
    assert not overtaken()
    requests.request_stop()
    assert overtaken()


def test_a_part_that_runs_by_itself_overtakes_nobody() -> None:
    requests = running()
    overtaken = asked_in_a_run(requests)
    requests.request_rerun(RerunData(fragment_id="watch"))
    assert not overtaken()


def test_outside_of_pages_nobody_is_overtaken() -> None:
    assert not overtaking()()


def impatient() -> None:
    import threading

    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from core.model.gate import gate
    from core.wanted import wanted

    runner = get_script_run_ctx().yield_check.__self__

    def ask_anew() -> None:
        runner.request_rerun(RerunData())
        wanted.look_again()

    st.text("before")
    if "asked" not in st.session_state:
        st.session_state["asked"] = True
        threading.Timer(0.1, ask_anew).start()
        with gate.turn(1):
            st.text("in vain")
    st.text("after")


def test_a_run_that_waits_at_the_gate_ends_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_gets_in = gates.Gate(places=0)
    monkeypatch.setattr(gates, "gate", nobody_gets_in)
    monkeypatch.setattr(wanted, "overtaking", overtaking)
    monkeypatch.setattr(wanted, "leaving", leave_to_the_next)
    app = AppTest.from_function(impatient, default_timeout=60).run()
    assert_calm(app)
    assert [each.value for each in app.text] == ["before", "after"]
    assert nobody_gets_in._line == []


def test_outside_of_pages_nothing_ends() -> None:
    leave_to_the_next()
