"""Windows beyond the bounds are refused, and so is a page that would open one, in words."""

from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.web.windows import BoundedWindows

PAGE = {"accept": "text/html,*/*"}


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("the lesson")


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive()


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", page), WebSocketRoute("/stream", stream)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(BoundedWindows, cookie="who", most=3, share=2)]))


def _as(who: str) -> dict[str, str]:
    return {"cookie": f"who={who}"} if who else {}


def test_a_browser_with_its_share_reads_why_and_what_to_do(client: TestClient) -> None:
    with client.websocket_connect("/stream", headers=_as("one")):
        assert client.get("/", headers=PAGE | _as("one")).text == "the lesson"
        with client.websocket_connect("/stream", headers=_as("one")):
            answer = client.get("/", headers=PAGE | _as("one"))
            assert answer.status_code == 503
            assert "Expected at most 2 windows of one browser. It has as many. Close some" in answer.text
            assert client.get("/", headers=_as("one")).text == "the lesson"  # a figure or a font, not a page
            with pytest.raises(WebSocketDisconnect), client.websocket_connect("/stream", headers=_as("one")):
                pass
    assert client.get("/", headers=PAGE | _as("one")).text == "the lesson"


def test_a_full_house_says_so_to_who_comes_and_not_to_who_is_in(client: TestClient) -> None:
    with ExitStack() as open_windows:
        for who in ("one", "two", "two"):
            open_windows.enter_context(client.websocket_connect("/stream", headers=_as(who)))
        answer = client.get("/", headers=PAGE | _as("three"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert (
            "Expected at most 3 open windows. All of them are taken. This page tries again every minute." in answer.text
        )
        assert client.get("/", headers=PAGE | _as("one")).text == "the lesson"
