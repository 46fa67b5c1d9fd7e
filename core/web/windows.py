"""Bounds how many windows a browser may have open here, how many there may be in all, and how much one may send.

An open window is a WebSocket, and a page's session with it: a few megabytes. A message that is announced and never
ends takes memory too, on each of them.
"""

import logging
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from core.askers import Asker, refused

_LOG = logging.getLogger("convscope")

MOST = 1000
"""So many windows may be open, but for those of network addresses that have few; see `core.askers`."""

SHARE = 40
"""So many of one browser."""

_MESSAGE_BYTES = 2**20 + 2**16
"""Just above `server.maxWidgetStateSize` in .streamlit/config.toml; uvicorn's own bound is that of the answers."""


class BoundedWindows:
    """ASGI middleware that refuses WebSockets beyond the bounds.

    Args:
        app: the application that answers.
        cookie: tells browsers apart; those without it are bounded together with all others only.
        most: how many may be open in all.
        share: how many of one browser.
    """

    def __init__(self, app: ASGIApp, *, cookie: str, most: int = MOST, share: int = SHARE) -> None:
        self._app = app
        self._cookie, self._most, self._share = cookie, most, share
        self._open: list[Asker] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        asker = Asker(browser=HTTPConnection(scope).cookies.get(self._cookie, ""), address=address)
        full = refused(asker, self._open, most=self._most, share=self._share)
        if full:
            most = self._most if full == "line" else f"{self._share} of one browser"
            _LOG.warning("Expected at most %s open windows. Refused one more, from %.60r.", most, address)
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        _bound_messages(receive)
        self._open.append(asker)
        try:
            await self._app(scope, receive, send)
        finally:
            self._open.remove(asker)


def _bound_messages(receive: Receive) -> None:
    """Let uvicorn give up on longer messages while they come; on other servers do nothing."""
    protocol: Any = getattr(getattr(receive, "__self__", None), "conn", None)
    if hasattr(protocol, "max_message_size"):
        protocol.max_message_size = _MESSAGE_BYTES
