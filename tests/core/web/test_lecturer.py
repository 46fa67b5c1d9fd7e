from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.web import lecturer


def client(base: str = "http://testserver") -> TestClient:
    route = lecturer.route(lambda token: "screen" if token == "right" else None, cookie="lecturer")
    return TestClient(Starlette(routes=[route]), base_url=base, follow_redirects=False)


def test_the_right_link_leaves_a_cookie_and_goes_on_without_the_secret() -> None:
    answer = client().get("/lecturer?token=right")
    assert answer.status_code == 303 and answer.headers["location"] == "."
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("lecturer=screen") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "Secure" in client("https://testserver").get("/lecturer?token=right").headers["set-cookie"]
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_another_link_leaves_nothing() -> None:
    for query in ("", "?token=", "?token=wrong"):
        answer = client().get(f"/lecturer{query}")
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
        assert "Copy it from the log again" in answer.text
