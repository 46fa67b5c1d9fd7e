"""Tells browsers what a page of Convscope may do, and who may show it in a frame.

The pages ask no other server for anything, so everything is allowed from here alone. Some rules have to be wider than
one would like: Streamlit writes styles and a font into the page, hands each component's script to the browser as a
blob, and multiplies 64-bit numbers in WebAssembly. Text is never run as a script.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Collection
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SecurityHeaders:
    """ASGI middleware that adds the security headers to every HTTP response.

    Args:
        app: the application that answers.
        index: Streamlit's index.html; the scripts written into it are allowed by their hash, and no others.
        frame_ancestors: origins of pages that may show Convscope in a frame, besides pages of this server.
    """

    def __init__(self, app: ASGIApp, *, index: Path, frame_ancestors: Collection[str] = ()) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy(inline_scripts(index.read_text("utf-8")), frame_ancestors),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }
        if not frame_ancestors:
            self._headers["X-Frame-Options"] = "SAMEORIGIN"  # for browsers that do not know frame-ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            send = changing(send, lambda headers: headers.update(self._headers))
        await self._app(scope, receive, send)


def changing(send: Send, change: Callable[[MutableHeaders], None]) -> Send:
    """Return `send` for an HTTP response whose headers are changed before they go."""

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(MutableHeaders(scope=message))
        await send(message)

    return send_changed


def policy(inline: Collection[str] = (), frame_ancestors: Collection[str] = ()) -> str:
    """Return the value of Content-Security-Policy.

    Args:
        inline: hashes of scripts that stand in the page itself, as `inline_scripts` gives them.
        frame_ancestors: origins that may show the page in a frame, besides the server's own.
    """
    hashes = "".join(f" '{each}'" for each in inline)
    ancestors = "".join(f" {each}" for each in frame_ancestors)
    rules = (
        "default-src 'none'",
        f"script-src 'self' blob: 'wasm-unsafe-eval'{hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors 'self'{ancestors}",
    )
    return "; ".join(rules)


def inline_scripts(html: str) -> list[str]:
    """Return the hash of each script written into a page.

    >>> inline_scripts("<script>1</script><script src='a.js'></script>")
    ['sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=']
    """
    bodies = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    return ["sha256-" + base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies]
