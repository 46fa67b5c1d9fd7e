"""Closes addresses that Streamlit opens for its operators and for programs, and that no page of Convscope needs."""

from collections.abc import Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OPERATORS_ONLY = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
"""Memory and sessions of the server, a second way to drive the app, a run of the script for whoever asks."""


class Closed:
    """ASGI middleware that answers 404 for `paths` and for everything below them.

    Args:
        app: the application that answers everything else.
        paths: each with a leading slash and without a trailing one.
    """

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        self._app = app
        self._paths = tuple(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self._closes(scope["path"]):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _closes(self, path: str) -> bool:
        return any(path == closed or path.startswith(f"{closed}/") for closed in self._paths)
