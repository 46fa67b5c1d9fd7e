"""Whether a visitor still waits for what a thread computes, by Streamlit's own requests."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from streamlit.runtime.scriptrunner import add_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from pages.shared.visitor import overtaking


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
