"""Makes Streamlit's page Convscope's own: a script of its own in it, and no dialogs that speak to developers.

The script is in the page itself, not in what the lesson draws, for it has to speak when the server does not.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST_CONFIG = {
    "allowedOrigins": [],  # whose pages may send commands to this one from around its frame: nobody's
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "",
    "blockErrorDialogs": True,  # they tell visitors to restart the server in their terminal
    "resourceCrossOriginMode": None,
}


class OwnPage:
    """ASGI middleware that adds a script to the page, and answers for what Streamlit's page asks about its host.

    Args:
        app: the application that answers everything else.
        script: address of the script, relative to the page.
        host_config: path at which the page asks about its host.
    """

    def __init__(self, app: ASGIApp, *, script: str, host_config: str) -> None:
        self._app = app
        self._tag = f'<script type="module" src="{script}"></script></head>'.encode()
        self._host_config = host_config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif scope["path"] == self._host_config:
            await JSONResponse(_HOST_CONFIG, headers={"cache-control": "no-cache"})(scope, receive, send)
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            # The page is short, and only whole and unpacked can it be added to.
            unwanted = (b"accept-encoding", b"range")
            headers = [(name, value) for name, value in scope["headers"] if name not in unwanted]
            await self._app({**scope, "headers": headers}, receive, _Adding(send, self._tag))
        else:
            await self._app(scope, receive, send)


class _Adding:
    """Passes an answer on; where it is a page, as a whole and with the tag at the end of its head."""

    def __init__(self, send: Send, tag: bytes) -> None:
        self._send, self._tag = send, tag
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(b"</head>", self._tag, 1)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")
