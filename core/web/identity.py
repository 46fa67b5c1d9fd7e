"""Gives every browser an anonymous identity: a random secret in a cookie that no script can read.

Whoever starts a run owns it; `config.json` holds only a hash of the secret.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from core.web.headers import changing

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

        def set_cookie(headers: MutableHeaders) -> None:
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("set-cookie", self._cookie(secure=scope.get("scheme") == "https"))

        known = scope["type"] != "http" or self._name in HTTPConnection(scope).cookies
        await self._app(scope, receive, send if known else changing(send, set_cookie))

    def _cookie(self, *, secure: bool) -> str:
        parts = [
            f"{self._name}={secrets.token_urlsafe(24)}",
            "Path=/",
            f"Max-Age={_YEAR_S}",
            "HttpOnly",
            "SameSite=Lax",
        ]
        return "; ".join(parts + ["Secure"] * secure)
