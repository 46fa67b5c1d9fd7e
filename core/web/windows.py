"""Bounds how many windows a browser may have open here, how many there may be in all, and how much one may send.

An open window is a WebSocket, and a page's session with it: a few megabytes. A message that is announced and never
ends takes memory too, on each of them.
"""

import logging
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.askers import Asker, refused
from core.observing import counts

_LOG = logging.getLogger("convscope")

MOST = 1000
"""So many windows may be open, but for those of network addresses that have few; see `core.askers`."""

SHARE = 40
"""So many of one browser."""

_MESSAGE_BYTES = 2**20 + 2**16
"""Just above `server.maxWidgetStateSize` in .streamlit/config.toml; uvicorn's own bound is that of the answers."""


_RETRY_S = 60

_NO_PLACE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Convscope is full</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{retry}">
<style>
:root {{ color-scheme: light dark }} body {{ margin: 20vh auto; max-width: 32em; font: 1.25em sans-serif }}
</style>
<h1>No place left</h1><p>{sentence}</p>"""

_FULL = {
    "line": "Expected at most {most:,} open windows. All of them are taken. This page tries again every minute.",
    "browser": "Expected at most {share} windows of one browser. It has as many. Close some, and reload this page.",
}


class BoundedWindows:
    """ASGI middleware that refuses WebSockets beyond the bounds, and the pages that would open them, with a sentence.

    Args:
        app: the application that answers.
        cookie: tells browsers apart; those without it are bounded together with all others only.
        most: how many may be open in all.
        share: how many of one browser.
        open_: a list that always holds who has a window open, once a window.
    """

    def __init__(
        self, app: ASGIApp, *, cookie: str, most: int = MOST, share: int = SHARE, open_: list[Asker] | None = None
    ) -> None:
        self._app = app
        self._cookie, self._most, self._share = cookie, most, share
        self._open: list[Asker] = [] if open_ is None else open_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        address = (scope.get("client") or ("", 0))[0]
        asker = Asker(browser=connection.cookies.get(self._cookie, ""), address=address)
        full = refused(asker, self._open, most=self._most, share=self._share)
        if scope["type"] == "http":
            is_page = scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")
            if full and is_page and (full == "browser" or asker not in self._open):  # who is in may still download
                sentence = _FULL[full].format(most=self._most, share=self._share)
                page = _NO_PLACE.format(sentence=sentence, retry=_RETRY_S)
                await HTMLResponse(page, 503, {"retry-after": str(_RETRY_S)})(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        elif full:
            most = self._most if full == "line" else f"{self._share} of one browser"
            _LOG.warning("Expected at most %s open windows. Refused one more.", most)
            counts.refused("windows")
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1013})  # try again later
        else:
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
