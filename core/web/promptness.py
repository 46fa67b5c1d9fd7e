"""Sends every answer at once instead of up to 40 ms later.

Streamlit binds its socket in a way that asyncio does not recognize as TCP, so Nagle's algorithm stays on: the last
small message of an answer waits until the browser has acknowledged the one before it, which browsers put off by 40 ms.
"""

import socket

from starlette.types import ASGIApp, Receive, Scope, Send


class Promptness:
    """ASGI middleware that turns Nagle's algorithm off (TCP_NODELAY) on every connection that uvicorn accepts.

    Args:
        app: the application that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] in ("http", "websocket"):
            _send_at_once(receive)
        await self._app(scope, receive, send)


def _send_at_once(receive: Receive) -> None:
    """Find the connection behind uvicorn's `receive`, a method of an object with a transport; on others do nothing."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport is not None else None
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
