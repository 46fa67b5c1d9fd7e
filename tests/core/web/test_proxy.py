import pytest
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from core.web.proxy import TrustedProxies
from tests.loop import run

FORWARDED = [
    (b"host", b"127.0.0.1:8501"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"hall.example.org"),
]


def _reaches(
    client: tuple[str, int] | None, kind: str = "http", headers: list[tuple[bytes, bytes]] = FORWARDED
) -> Scope:
    """Return the request as the application sees it."""
    seen: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing() -> None: ...

    scheme = "http" if kind == "http" else "ws"
    scope = {"type": kind, "scheme": scheme, "client": client, "headers": headers}
    proxies = TrustedProxies(application, trusted=["127.0.0.1", "::1", "10.1.0.0/16"])
    run(proxies(scope, nothing, nothing))  # type: ignore[arg-type]
    assert scope["headers"] == headers  # nobody else's copy was changed
    return seen[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3"])
def test_trusted_proxy_is_believed(address: str) -> None:
    scope = _reaches((address, 4711))
    assert scope["scheme"] == "https"
    assert Headers(scope=scope)["host"] == "hall.example.org"
    assert _reaches((address, 4711), "websocket")["scheme"] == "wss"


@pytest.mark.parametrize("client", [("10.2.0.1", 4711), ("2001:db8::1", 4711), ("testclient", 50000), None])
def test_nobody_else_is(client: tuple[str, int] | None) -> None:
    scope = _reaches(client)
    assert scope["scheme"] == "http"
    assert Headers(scope=scope)["host"] == "127.0.0.1:8501"


def test_proxy_that_uvicorn_trusted_is_believed_about_the_host() -> None:
    assert Headers(scope=_reaches(("203.0.113.7", 0)))["host"] == "hall.example.org"


@pytest.mark.parametrize("scheme", [b"", b"ftp", b"javascript"])
def test_nonsense_changes_nothing(scheme: bytes) -> None:
    headers = [(b"host", b"127.0.0.1:8501"), (b"x-forwarded-proto", scheme)]
    scope = _reaches(("127.0.0.1", 4711), headers=headers)
    assert (scope["scheme"], Headers(scope=scope)["host"]) == ("http", "127.0.0.1:8501")
