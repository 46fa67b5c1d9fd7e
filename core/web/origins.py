"""Refuses WebSocket connections that a page of another origin opens in a visitor's browser.

Such a page would act with the visitor's cookies. Streamlit compares host names alone, and accepts every port of
localhost; here scheme, host and port count, as they do everywhere else in a browser.
"""

import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.observing import counts

_LOG = logging.getLogger("convscope")

_SCHEMES = {"ws": "http", "wss": "https"}
_PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """ASGI middleware that closes WebSocket connections whose Origin is neither the server's own nor listed.

    A connection without an Origin comes from a program, never from a page, and is let through.

    Args:
        app: the application that answers.
        others: further origins that may connect, such as "https://hall.example.org".
    """

    def __init__(self, app: ASGIApp, *, others: Collection[str] = ()) -> None:
        self._app = app
        self._others = frozenset(filter(None, map(_normal, others)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        origin = Headers(scope=scope).get("origin") if scope["type"] == "websocket" else None
        if origin is None:
            await self._app(scope, receive, send)
            return
        asking = _normal(origin)
        if asking is None or asking not in (own_origin(scope), *self._others):
            _LOG.warning(
                "Refused a WebSocket connection from a page of %.200r: it was asked as %s. A proxy has to pass "
                "Host and X-Forwarded-Proto on, see CONVSCOPE_PROXIES; or list the origin in CONVSCOPE_ORIGINS.",
                origin,
                own_origin(scope),
            )
            counts.refused("origins")
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1008})  # policy violation
            return
        # Streamlit would judge again, by the host alone, and refuse what only the owner of the server lists.
        headers = [(name, value) for name, value in scope["headers"] if name != b"origin"]
        await self._app({**scope, "headers": headers}, receive, send)


def own_origin(scope: Scope) -> str | None:
    """Return the origin under which a WebSocket request reached this server, as `TrustedProxies` has it."""
    scheme = _SCHEMES.get(scope.get("scheme", "ws"), "http")
    return _normal(f"{scheme}://{Headers(scope=scope).get('host', '')}")


def _normal(origin: str) -> str | None:
    """Return an origin with its port written out, in lower case; None if it is none.

    >>> _normal("HTTPS://Hall.example.org")
    'https://hall.example.org:443'
    >>> _normal("null")
    """
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname and port else None
