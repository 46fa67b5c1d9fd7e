"""Lets cookies reach the server from a frame in another site's page, where the owner allows such frames."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from core.web.headers import changing

_CROSS_SITE = ("SameSite=None", "Secure", "Partitioned")


class FramedCookies:
    """ASGI middleware that marks every cookie sent over https `SameSite=None; Secure; Partitioned`.

    Browsers take no other cookie in a frame of another site, and keep these apart for each site that shows the frame:
    the visitor there is another one than in a tab of its own. Over http they take none, so cookies stay as they are.

    Args:
        app: the application that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope.get("scheme") == "https":
            send = changing(send, _mark)
        await self._app(scope, receive, send)


def _mark(headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", cross_site(cookie))


def cross_site(cookie: str) -> str:
    """Return the value of a Set-Cookie header for frames of other sites.

    >>> cross_site("name=value; Path=/; SameSite=Lax")
    'name=value; Path=/; SameSite=None; Secure; Partitioned'
    """
    ours = ("samesite", "secure", "partitioned")
    kept = [part for part in cookie.split("; ") if part.partition("=")[0].strip().lower() not in ours]
    return "; ".join((*kept, *_CROSS_SITE))
