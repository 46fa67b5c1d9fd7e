"""Gives every browser an anonymous identity: a random secret in a cookie that no script can read.

Whoever starts a run owns it; `config.json` holds only a hash of the secret.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR_S = 365 * 24 * 3600


class AnonymousOwner:
    """ASGI middleware that sets the cookie `name` on pages sent to a browser that has none.

    Args:
        app: the application that answers.
        name: the cookie's name.
    """

    def __init__(self, app: ASGIApp, *, name: str) -> None:
        self._app = app
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with a new identity where the browser has none."""
        if scope["type"] != "http" or self._name in HTTPConnection(scope).cookies:
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", self._cookie(secure=scope.get("scheme") == "https"))
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _cookie(self, *, secure: bool) -> str:
        parts = [
            f"{self._name}={secrets.token_urlsafe(24)}",
            "Path=/",
            f"Max-Age={_YEAR_S}",
            "HttpOnly",
            "SameSite=Lax",
        ]
        return "; ".join(parts + ["Secure"] * secure)
