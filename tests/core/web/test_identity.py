from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.identity import AnonymousOwner


def _client(base_url: str = "http://testserver") -> TestClient:
    routes = [
        Route("/", lambda request: HTMLResponse("<p>page</p>")),
        Route("/data", lambda request: PlainTextResponse("data")),
    ]
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(AnonymousOwner, name="owner")]), base_url=base_url
    )


def test_first_page_sets_a_cookie_no_script_can_read() -> None:
    cookie = _client().get("/").headers["set-cookie"]
    assert cookie.startswith("owner=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Secure" in _client("https://testserver").get("/").headers["set-cookie"]


def test_known_browser_keeps_its_identity_and_two_browsers_differ() -> None:
    client = _client()
    first = client.get("/").cookies["owner"]
    assert "set-cookie" not in client.get("/").headers
    assert _client().get("/").cookies["owner"] != first
    assert len(first) >= 32


def test_only_pages_set_it() -> None:
    assert "set-cookie" not in _client().get("/data").headers
