"""Lets few visitors' scripts be at work at once, and tells who waits in vain: see `core.page_runs`, `core.model.gate`.

A run waits before Streamlit takes what was asked for. So what a visitor asks for meanwhile takes the place of what was
asked for before, whose run never begins; and who has left is not drawn for.
"""

import time
from collections.abc import Callable
from typing import Any

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

from core.askers import NOBODY, Asker
from core.page_runs import page_runs


def keep(who: Callable[[], Asker | None], asked: Callable[[], None] = lambda: None) -> None:
    """Let each run of a page, or of parts of it, wait for its turn, for all sessions of this process.

    Args:
        who: returns who looks at the page that runs in this thread.
        asked: called when a visitor has asked for another run, or has left.

    Raises:
        AttributeError: this version of Streamlit has no such methods; see what it does instead.
    """
    module: Any = script_runner
    runner: Any = ScriptRunner
    asked_for: Any = ScriptRequests
    take, run = asked_for.on_scriptrunner_ready, runner._run_script_thread
    rerun, stop = runner.request_rerun, runner.request_stop
    execute = module.exec_func_with_error_handling

    def begin(requests: Any) -> None:
        page_runs.begin(who() or NOBODY, lambda: getattr(requests, "last_asked", 0.0))

    def take_in_turn(requests: Any) -> Any:
        page_runs.end()
        if requests._state is ScriptRequestType.RERUN:
            begin(requests)
        return take(requests)

    def run_and_end(self: Any) -> None:
        try:
            run(self)
        finally:
            page_runs.end()

    def execute_and_wait(function: Callable[[], None], context: Any) -> Any:
        result = execute(function, context)
        if (again := result[2]) is not None:  # Streamlit goes on with another run in this thread
            page_runs.end(cut_short=True)
            requests = context.script_requests
            if _put_back(requests, again):
                taken = take_in_turn(requests)
                if taken.type is ScriptRequestType.RERUN:  # a stop ends what begins now
                    return *result[:2], taken.rerun_data, *result[3:]
                return result
            begin(requests)
        return result

    def rerun_and_tell(self: Any, data: Any) -> Any:
        accepted = rerun(self, data)
        if not data.is_auto_rerun:
            self._requests.last_asked = time.monotonic()
            asked()
        return accepted

    def stop_and_tell(self: Any) -> None:
        stop(self)
        asked()

    asked_for.on_scriptrunner_ready, runner._run_script_thread = take_in_turn, run_and_end
    runner.request_rerun, runner.request_stop = rerun_and_tell, stop_and_tell
    module.exec_func_with_error_handling = execute_and_wait


def _put_back(requests: Any, data: Any) -> bool:
    """Let what was taken to be run next be waiting again, so that what is asked for meanwhile joins it."""
    with requests._lock:
        waits = requests._state is ScriptRequestType.CONTINUE and data is requests._rerun_data
        if waits:
            requests._state = ScriptRequestType.RERUN
    return waits
