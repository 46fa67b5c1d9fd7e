"""Serves Streamlit's own script and style files compressed: once a file, not once a request.

A first visit with a chart moves 11 MB uncompressed, and two hundred laptops open the page at once.
Streamlit leaves these files alone on purpose, because compressing on every request costs more than it saves.
"""

import asyncio
import gzip
import mimetypes
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_COMPRESSIBLE = {".js", ".css", ".html", ".json", ".svg", ".map"}


class CompressedStatic:
    """ASGI middleware that answers requests for text files under `prefix` with a gzip copy kept in memory.

    Args:
        app: the application that answers everything else.
        directory: the folder whose files are served under `prefix`.
        prefix: the path of these files, for example "/static/"; their names hold a content hash, so they never change.
    """

    def __init__(self, app: ASGIApp, *, directory: Path, prefix: str) -> None:
        self._app = app
        self._directory = directory.resolve()
        self._prefix = prefix
        self._responses: dict[Path, asyncio.Task[Response]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(self._prefix):
            headers = Headers(scope=scope)
            if "gzip" in headers.get("accept-encoding", "") and "range" not in headers:
                response = await self._compressed(scope["path"])
                if response is not None:
                    await response(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _compressed(self, path: str) -> Response | None:
        """Return the compressed file, compressing it when it is asked for the first time; None if there is none."""
        try:
            file = (self._directory / path.removeprefix(self._prefix)).resolve()
            if file.suffix not in _COMPRESSIBLE or not file.is_relative_to(self._directory) or not file.is_file():
                return None
        except (OSError, ValueError):  # a name that no file can have: too long, or with a zero byte
            return None
        if file not in self._responses:  # by file: one has many spellings, as in /static/./main.js
            self._responses[file] = asyncio.create_task(asyncio.to_thread(_compress, file))
        return await self._responses[file]


def _compress(file: Path) -> Response:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "Content-Encoding": "gzip",
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, immutable, max-age=31536000",
    }
    return Response(gzip.compress(file.read_bytes(), 6), media_type=media_type, headers=headers)
