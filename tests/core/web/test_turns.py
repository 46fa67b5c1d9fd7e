import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequest, ScriptRequests, ScriptRequestType
from streamlit.testing.v1 import AppTest

from core.askers import NOBODY
from core.page_runs import PageRuns
from core.web import turns
from tests.waiting import wait_for


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageRuns]:
    """One place, kept for this test."""
    for owner, name in (
        (ScriptRunner, "_run_script_thread"),
        (ScriptRunner, "request_rerun"),
        (ScriptRunner, "request_stop"),
        (ScriptRequests, "on_scriptrunner_ready"),
        (script_runner, "exec_func_with_error_handling"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back after
    runs = PageRuns(places=1, stuck_s=60)
    monkeypatch.setattr(turns, "page_runs", runs)
    turns.keep(lambda: None)
    yield runs
    wait_for(lambda: not (runs._all or runs._at_work))


class Taking(threading.Thread):
    """A script's thread that takes what was asked for, and ends."""

    def __init__(self, requests: ScriptRequests, runs: PageRuns) -> None:
        super().__init__(daemon=True)
        self.requests, self.runs = requests, runs
        self.taken: list[ScriptRequest] = []
        self.start()

    def run(self) -> None:
        self.taken.append(self.requests.on_scriptrunner_ready())
        self.runs.end()


def waiting(runs: PageRuns) -> tuple[ScriptRequests, Taking]:
    """Return requests for page "first", and a thread that waits for its turn to take one."""
    requests = ScriptRequests()
    requests.request_rerun(RerunData(page_name="first"))
    taking = Taking(requests, runs)
    wait_for(lambda: runs._line)
    return requests, taking


def test_what_is_asked_for_meanwhile_takes_the_place_of_what_waits(runs: PageRuns) -> None:
    runs.begin(NOBODY)
    requests, taking = waiting(runs)
    requests.request_rerun(RerunData(page_name="second"))
    assert not taking.taken
    runs.end()
    taking.join(10)
    assert [each.rerun_data.page_name for each in taking.taken] == ["second"]


def test_for_whoever_has_left_nothing_is_drawn(runs: PageRuns) -> None:
    runs.begin(NOBODY)
    requests, taking = waiting(runs)
    requests.request_stop()
    runs.end()
    taking.join(10)
    assert [each.type for each in taking.taken] == [ScriptRequestType.STOP]


def test_what_is_asked_for_while_a_run_cut_short_waits_joins_what_it_was_cut_short_for(runs: PageRuns) -> None:
    requests, pressed = ScriptRequests(), WidgetStates()
    requests.request_rerun(RerunData(page_name="first"))
    requests.on_scriptrunner_ready()  # takes the only place
    pressed.widgets.add(id="button", trigger_value=True)
    taken = list[RerunData]()

    def cut_short() -> None:
        requests.request_rerun(RerunData(page_name="second", widget_states=pressed))
        asked_for = requests.on_scriptrunner_yield()
        assert asked_for
        raise RerunException(asked_for.rerun_data)

    def go_on() -> None:
        context: Any = SimpleNamespace(script_requests=requests, cursors={})
        again = script_runner.exec_func_with_error_handling(cut_short, context)[2]
        runs.end()
        assert again
        taken.append(again)

    thread = threading.Thread(target=go_on)
    thread.start()
    wait_for(lambda: runs._line)
    requests.request_rerun(RerunData(page_name="third", widget_states=WidgetStates()))
    runs.end()
    thread.join(10)
    assert [each.page_name for each in taken] == ["third"]
    assert taken[0].widget_states == pressed  # what was pressed is not lost
    assert requests.on_scriptrunner_yield() is None


def test_who_asks_anew_and_who_leaves_is_told_of(runs: PageRuns) -> None:
    told = list[float]()
    turns.keep(lambda: None, asked=lambda: told.append(time.monotonic()))
    requests = ScriptRequests()
    runner: Any = SimpleNamespace(_requests=requests, _wake_parallel_join_barrier_if_waiting=lambda: None)
    ScriptRunner.request_rerun(runner, RerunData(is_auto_rerun=True))
    assert not told
    ScriptRunner.request_rerun(runner, RerunData())
    ScriptRunner.request_stop(runner)
    assert len(told) == 2
    assert requests._state is ScriptRequestType.STOP


def page() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    @st.fragment
    def part() -> None:
        st.text("part")

    part()
    if "drawn" not in st.session_state:
        st.session_state["drawn"] = True
        st.rerun()
    if st.checkbox("Ask anew") and "asked" not in st.session_state:
        st.session_state["asked"] = True
        get_script_run_ctx().script_requests.request_rerun(RerunData())
    if st.checkbox("Fail"):
        raise ZeroDivisionError
    st.text("whole")


def test_parts_and_reruns_and_errors_of_a_page_keep_no_place(runs: PageRuns) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert [each.value for each in app.text] == ["part", "whole"]
    assert [each.value for each in app.checkbox[0].check().run().text] == ["part", "whole"]
    assert len(app.checkbox[1].check().run().exception) == 1
    assert [each.value for each in app.checkbox[1].uncheck().run().text] == ["part", "whole"]
    assert not (runs._all or runs._at_work)
