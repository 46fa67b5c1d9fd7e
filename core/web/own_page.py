"""Makes Streamlit's page Convscope's own: its script, style sheets and typeface, no dialogs that speak to developers.

Script and style are in the page itself, not in what the lesson draws: the script has to speak when the server does not,
and a style that came with the lesson would move what stands already. The page asks for the lesson's typeface at once,
not for Streamlit's, of which no letter is shown; and for the scripts of what the lesson is drawn with.
"""

import re
from collections.abc import Collection

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


_FONTS_ASKED_FOR = re.compile(rb'<link\s+rel="preload"[^>]*\sas="font"[^>]*>\s*')


class OwnPage:
    """ASGI middleware that adds a script, style sheets and a typeface to the page, and tells it about its host.

    Args:
        app: the application that answers everything else.
        script: address of the script, relative to the page.
        styles: texts of the style sheets; they stand behind Streamlit's own, at the end of the body.
        fonts: addresses of the typeface's weights that every page shows (WOFF2), relative to the page: one that came
            after its words would break their lines anew.
        needed: addresses of modules that Streamlit will import, relative to the page.
        host_config: path at which the page asks about its host.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        script: str,
        styles: Collection[str],
        fonts: Collection[str],
        needed: Collection[str],
        host_config: str,
    ) -> None:
        self._app = app
        links = [f'<link rel="preload" href="{each}" as="font" type="font/woff2" crossorigin>' for each in fonts]
        links += [f'<link rel="modulepreload" crossorigin href="{each}">' for each in needed]
        self._tags = {
            b"</head>": f'{"".join(links)}<script type="module" src="{script}"></script></head>'.encode(),
            b"</body>": "".join([*(f"<style>\n{each}</style>" for each in styles), "</body>"]).encode(),
        }
        self._host_config = host_config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif scope["path"] == self._host_config:
            await JSONResponse(_HOST_CONFIG, headers={"cache-control": "no-cache"})(scope, receive, send)
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            # The page is short, and only whole and unpacked can it be added to. A browser that has it asks whether
            # Streamlit's file has changed: what is added to it may have, and whoever has no identity gets one with it.
            unwanted = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since")
            headers = [(name, value) for name, value in scope["headers"] if name not in unwanted]
            await self._app({**scope, "headers": headers}, receive, _Adding(send, self._tags))
        else:
            await self._app(scope, receive, send)


class _Adding:
    """Passes an answer on; where it is a page, as a whole and with tags before the ends that they name."""

    def __init__(self, send: Send, tags: dict[bytes, bytes]) -> None:
        self._send, self._tags = send, tags
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
        body = _FONTS_ASKED_FOR.sub(b"", self._body)
        for end, tag in self._tags.items():
            body = body.replace(end, tag, 1)
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(body))
        for name in ("etag", "last-modified", "accept-ranges"):  # of Streamlit's file
            del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and headers.get("content-type", "").startswith("text/html")
