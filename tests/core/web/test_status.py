"""The lecturer's page on the server."""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.config import VERSION
from core.web import status
from tests.core.web.test_metrics import FIGURES


def client() -> TestClient:
    route = status.route(lambda screen: screen == "a lecturer's", lambda: FIGURES, cookie="lecturer")
    return TestClient(Starlette(routes=[route]))


def test_the_lecturer_reads_who_trains_who_waits_and_what_was_refused() -> None:
    answer = client().get("/status", headers={"cookie": "lecturer=a lecturer's"})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    for words in (
        "<dd>3, of 2 browsers</dd>",
        "<dt>In training</dt><dd><ol><li>One</li></ol>",
        "<dt>Waiting</dt><dd><ol><li>Two</li><li>Three</li></ol>",
        "<dd>123 MB, and 0 MB for training</dd>",
        "runs 0 MB of 20.0 GB; 0 MB free",
        "<dt>Refused</dt><dd>uploads 4</dd>",
        f"Convscope {VERSION}",
    ):
        assert words in answer.text


def test_others_are_told_that_there_is_nothing() -> None:
    for cookie in ({}, {"cookie": "lecturer=a visitor's"}):
        assert client().get("/status", headers=cookie).status_code == 404


def test_titles_that_visitors_gave_are_text() -> None:
    page = status.page(replace(FIGURES, trains=(), waits=("<script>alert(1)</script>",), refusals={"files": 0}))
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<dt>In training</dt><dd>nobody</dd>" in page and "<dt>Refused</dt><dd>nothing</dd>" in page
