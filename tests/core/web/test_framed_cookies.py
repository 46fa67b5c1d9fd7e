import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.framed_cookies import FramedCookies, cross_site


@pytest.mark.parametrize(
    "cookie",
    ["a=1", "a=1; SameSite=Lax; Secure", "a=1; secure; samesite=strict; Partitioned", "a=1; SameSite=None; Secure"],
)
def test_every_cookie_is_marked_once(cookie: str) -> None:
    assert cross_site(cookie) == "a=1; SameSite=None; Secure; Partitioned"


def test_value_and_the_other_marks_stay() -> None:
    cookie = "x=2|ab|secure=|17; Path=/; Max-Age=5; HttpOnly; SameSite=Lax"
    assert cross_site(cookie) == "x=2|ab|secure=|17; Path=/; Max-Age=5; HttpOnly; SameSite=None; Secure; Partitioned"


def test_over_http_browsers_would_take_none_so_they_stay_as_they_are() -> None:
    def answer(request: object) -> PlainTextResponse:
        response = PlainTextResponse("")
        response.set_cookie("a", "1", samesite="lax")
        response.set_cookie("b", "2", samesite="lax")
        return response

    app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(FramedCookies)])
    plain = TestClient(app, base_url="http://testserver").get("/").headers.get_list("set-cookie")
    assert plain == ["a=1; Path=/; SameSite=lax", "b=2; Path=/; SameSite=lax"]
    marked = TestClient(app, base_url="https://testserver").get("/").headers.get_list("set-cookie")
    assert marked == [f"{name}; Path=/; SameSite=None; Secure; Partitioned" for name in ("a=1", "b=2")]
