"""Lets what a visitor's choice sets off be done whole, whatever else is asked for meanwhile.

Streamlit looks whether a newer run is asked for at every access to the session's state, in the midst of a callback
too, and ends it there for good: a picture was taken out of the server's memory, and never came among the visitor's. It
looks once more as soon as all callbacks of a run are done; that is early enough. That the newer run does not begin in a
second thread meanwhile says `fastReruns` in .streamlit/config.toml.
"""

import threading
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SessionState

_thread = threading.local()


def keep() -> None:
    """Let callbacks end, for all sessions of this process.

    Raises:
        AttributeError: this version of Streamlit has no such methods; see what it does instead.
    """
    runner: Any = ScriptRunner
    state: Any = SessionState
    look, call = runner._maybe_handle_execution_control_request, state._call_callbacks

    def look_between(self: ScriptRunner) -> None:
        if not getattr(_thread, "calls", False):
            look(self)

    def call_whole(self: SessionState, **replayed: Any) -> None:
        _thread.calls = True
        try:
            call(self, **replayed)
        finally:
            _thread.calls = False

    runner._maybe_handle_execution_control_request, state._call_callbacks = look_between, call_whole
