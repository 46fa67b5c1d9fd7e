"""Keeps Streamlit from clearing Keras' global state after every run of a page.

Streamlit calls `keras.backend.clear_session()` when a script has ended, meant for scripts that build a network on every
run. Here networks are built once and shared by all visitors: the call would drop their compiled functions, swap
Keras' global state under the threads of other visitors, and collect all garbage, each time and more the longer the
server lives.
"""

from streamlit.runtime.scriptrunner import script_runner


def keep() -> None:
    """Leave Keras alone after a page's run, for all sessions of this process.

    Raises:
        AttributeError: this version of Streamlit has no such call; see what it does instead.
    """
    if not callable(script_runner._clean_problem_modules):
        raise AttributeError("Expected streamlit's script_runner._clean_problem_modules. It is gone. Read its source.")
    script_runner._clean_problem_modules = _leave


def _leave() -> None:
    """Stand in for `_clean_problem_modules`; matplotlib, its other module, is not part of Convscope."""
