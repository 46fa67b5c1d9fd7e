import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from core.web import whole_callbacks


def page() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def answer() -> None:
        context = get_script_run_ctx()
        context.script_requests.request_rerun(RerunData())  # as another of the browser's messages does, at any moment
        st.session_state["begun"] = True
        st.session_state["done"] = True

    st.checkbox("Chosen", on_change=answer)
    st.text("done" if "done" in st.session_state else "cut short" if "chosen" in st.session_state else "")
    st.session_state["chosen"] = True


def test_a_callback_ends_whatever_is_asked_for_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((ScriptRunner, "_maybe_handle_execution_control_request"), (SessionState, "_call_callbacks")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back after

    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.checkbox[0].check().run().text[0].value == "cut short", (
        "Streamlit does not do it any more: core/web/whole_callbacks.py can go"
    )
    whole_callbacks.keep()
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.checkbox[0].check().run().text[0].value == "done"
