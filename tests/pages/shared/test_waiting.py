"""A long answer: how far it is, stopped, gone on with, found; and an error that is tried anew."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from core.bounded import remembered
from core.errors import RunError
from core.model.inference.background import Work
from pages.shared import waiting
from tests.waiting import wait_for

GO, BROKEN = threading.Event(), threading.Event()


class Slow(Work[str]):
    """Goes on when it is let."""

    def __init__(self) -> None:
        super().__init__(1200)

    def _step(self) -> int:
        if BROKEN.is_set():
            raise RunError("Expected weights. Received none. Choose another epoch.")
        if not GO.wait(0.05):
            return 0
        return 600

    def _found(self) -> str:
        return "the answer"

    def _let_go(self) -> None:
        pass


@remembered(1, size=lambda work: 1)
def make(name: str) -> Slow:
    return Slow()


def script() -> None:
    import streamlit as st

    from pages.shared import lesson
    from pages.shared.waiting import result
    from tests.pages.shared.test_waiting import make

    with lesson.explained():
        found = result(make, "one", text="{count} of {total} looked at.", key="page.work")
        st.write(found or "not yet")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.01)
    GO.clear()
    BROKEN.clear()
    make.cache_clear()  # type: ignore[attr-defined]
    return AppTest.from_function(script, default_timeout=60).run()


def shown(app: AppTest) -> str:
    return " ".join([*(each.value for each in app.markdown), *(each.proto.body for each in app.get("html"))])


def test_stopped_gone_on_with_and_found(app: AppTest) -> None:
    assert "not yet" in shown(app)
    app.button(key="page.work.stop").click().run()
    assert "Stopped. 0 of 1,200 looked at." in shown(app)
    assert not make("one").wanted
    app.button(key="page.work.on").click().run()
    assert make("one").wanted
    GO.set()
    wait_for(lambda: make("one").finished)
    assert "the answer" in shown(app.run())


def test_what_was_found_stays_though_it_was_stopped(app: AppTest) -> None:
    app.button(key="page.work.stop").click().run()
    GO.set()
    make("one").result()  # somebody else looks
    assert "the answer" in shown(app.run())


def test_an_error_is_explained_and_tried_anew(app: AppTest) -> None:
    BROKEN.set()
    GO.set()
    wait_for(lambda: make("one").finished)
    app.run()
    assert [error.value for error in app.error] == ["Expected weights\\. Received none\\. Choose another epoch\\."]
    BROKEN.clear()
    app.run()
    make("one").result()
    assert "the answer" in shown(app.run())
