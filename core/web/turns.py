"""Lets few visitors' scripts be at work at once, and tells who waits in vain: see `core.page_runs`, `core.wanted`.

A run waits before Streamlit takes what was asked for. So what a visitor asks for meanwhile takes the place of what was
asked for before, whose run never begins; and who has left is not drawn for.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

from core.askers import NOBODY, Asker
from core.page_runs import page_runs

_MODULE: Any = script_runner
_RUNNER: Any = ScriptRunner
_REQUESTS: Any = ScriptRequests


def keep(who: Callable[[], Asker | None], asked: Callable[[], None] = lambda: None) -> None:
    """Let each run of a page, or of parts of it, wait for its turn, for all sessions of this process.

    Args:
        who: returns who looks at the page that runs in this thread.
        asked: called when a visitor has asked for another run, or has left.

    Raises:
        AttributeError: this version of Streamlit has no such methods; see what it does instead.
    """
    begin = partial(_begin, who)
    _take_in_turn(begin)
    _put_back_what_goes_on(begin)
    _tell(asked)


def _begin(who: Callable[[], Asker | None], requests: Any) -> None:
    page_runs.begin(who() or NOBODY, lambda: getattr(requests, "last_asked", 0.0))


def _take_in_turn(begin: Callable[[Any], None]) -> None:
    take, run = _REQUESTS.on_scriptrunner_ready, _RUNNER._run_script_thread

    def take_in_turn(self: Any) -> Any:
        page_runs.end()
        if self._state is ScriptRequestType.RERUN:
            begin(self)
        return take(self)

    def run_and_end(self: Any) -> None:
        try:
            run(self)
        finally:
            page_runs.end()

    _REQUESTS.on_scriptrunner_ready, _RUNNER._run_script_thread = take_in_turn, run_and_end


def _put_back_what_goes_on(begin: Callable[[Any], None]) -> None:
    """Let a run with which Streamlit goes on in the same thread wait for a turn like every other."""
    execute = _MODULE.exec_func_with_error_handling

    def execute_and_wait(function: Callable[[], None], context: Any) -> Any:
        result = execute(function, context)
        if (again := result[2]) is None:
            return result
        page_runs.end(cut_short=True)
        requests = context.script_requests
        if not _put_back(requests, again):
            begin(requests)
            return result
        taken = requests.on_scriptrunner_ready()
        if taken.type is not ScriptRequestType.RERUN:  # a stop ends what begins now
            return result
        return *result[:2], taken.rerun_data, *result[3:]

    _MODULE.exec_func_with_error_handling = execute_and_wait


def _tell(asked: Callable[[], None]) -> None:
    rerun, stop = _RUNNER.request_rerun, _RUNNER.request_stop

    def rerun_and_tell(self: Any, data: Any) -> Any:
        accepted = rerun(self, data)
        if not data.is_auto_rerun:
            self._requests.last_asked = time.monotonic()
            asked()
        return accepted

    def stop_and_tell(self: Any) -> None:
        stop(self)
        asked()

    _RUNNER.request_rerun, _RUNNER.request_stop = rerun_and_tell, stop_and_tell


def _put_back(requests: Any, data: Any) -> bool:
    """Let what was taken to be run next be waiting again, so that what is asked for meanwhile joins it."""
    with requests._lock:
        waits = requests._state is ScriptRequestType.CONTINUE and data is requests._rerun_data
        if waits:
            requests._state = ScriptRequestType.RERUN
    return waits
