"""Who is looking: an anonymous visitor, known by a random cookie that scripts in the browser cannot read."""

import hashlib
import secrets
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from core.askers import Asker

COOKIE = "convscope_owner"
LECTURER = "convscope_lecturer"
_SECRET = "visitor.secret"


def owner() -> str:
    """Return the visitor's public name: a hash of the secret in the cookie, safe to store beside a run.

    Without a cookie (a test, or a browser that refuses them) the session itself is the visitor.
    """
    secret = st.context.cookies.get(COOKIE)
    if not isinstance(secret, str) or not secret:  # AppTest answers with a mock
        if _SECRET not in st.session_state:
            st.session_state[_SECRET] = secrets.token_urlsafe(24)
        secret = str(st.session_state[_SECRET])
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def network_address() -> str:
    """Return what tells the visitor's network address from others, to let several take turns; never to refuse one."""
    address = st.context.ip_address
    return address if isinstance(address, str) else ""


def asker() -> Asker | None:
    """Return who looks at the page that runs in this thread, for lines that many share; None outside of pages."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    return Asker(browser=owner(), address=network_address())


def overtaking() -> Callable[[], bool]:
    """Return what tells, in any thread, whether the visitor has left or asked for another run of this thread's page.

    Parts of a page that run by themselves every now and then do not count.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or (requests := context.script_requests) is None:
        return lambda: False

    def overtaken() -> bool:
        state = requests._state
        again = state is ScriptRequestType.RERUN and not requests._rerun_data.fragment_id_queue
        return again or state is ScriptRequestType.STOP

    return overtaken


def leave_to_the_next() -> None:
    """End this thread's run of a page for the one that its visitor has asked for instead, if there is such a one.

    Raises:
        ScriptControlException: Streamlit's, which ends a script; never in the midst of what a choice sets off.
    """
    if (context := get_script_run_ctx(suppress_warning=True)) is not None:
        context.yield_check()


def lecturer_secret() -> str | None:
    """Return what the lecturer's link left in this browser, if anything."""
    secret = st.context.cookies.get(LECTURER)
    return secret if isinstance(secret, str) and secret else None
