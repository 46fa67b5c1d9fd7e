"""Lets few visitors' scripts be at work at once: see `core.page_runs`.

A run waits before Streamlit takes what was asked for. So what a visitor asks for meanwhile takes the place of what was
asked for before, whose run never begins; and who has left is not drawn for.
"""

from collections.abc import Callable
from typing import Any

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

from core.askers import NOBODY, Asker
from core.page_runs import page_runs


def keep(who: Callable[[], Asker | None]) -> None:
    """Let each run of a page, or of parts of it, wait for its turn, for all sessions of this process.

    Args:
        who: returns who looks at the page that runs in this thread.

    Raises:
        AttributeError: this version of Streamlit has no such methods; see what it does instead.
    """
    module: Any = script_runner
    runner: Any = ScriptRunner
    asked_for: Any = ScriptRequests
    take, run = asked_for.on_scriptrunner_ready, runner._run_script_thread
    execute = module.exec_func_with_error_handling

    def begin(requests: Any) -> None:
        page_runs.begin(who() or NOBODY, _asking_anew(requests))

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
            page_runs.end(in_vain=again is context.script_requests._rerun_data)
            begin(context.script_requests)
        return result

    asked_for.on_scriptrunner_ready, runner._run_script_thread = take_in_turn, run_and_end
    module.exec_func_with_error_handling = execute_and_wait


def _asking_anew(requests: Any) -> Callable[[], bool]:
    """Return what tells whether the visitor has asked again since: not a part of the page that runs by itself."""
    before = requests._rerun_data
    return lambda: requests._rerun_data is not before and not requests._rerun_data.is_auto_rerun
