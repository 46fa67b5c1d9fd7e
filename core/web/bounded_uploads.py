"""Bounds what visitors' browsers may leave in the server's memory before a page has read it.

Streamlit keeps every file sent to it until the visitor's session has ended, minutes after the visitor left, whether a
page reads it or not. The pages take what they read out of that memory; this takes out what no page asks for, and lets
files wait at the door while there is no room for them.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.observing import counts

FILE_BYTES = 11 * 2**20
"""As `server.maxUploadSize` in .streamlit/config.toml: just above the largest picture, so that a page can say why."""

_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
_FORM_BYTES = 64 * 2**10
"""What a browser's form puts around a file, and the least that a file counts for, however short it is."""

_WAIT_S, _LOOK_S, _MOST_WAITING = 20.0, 0.5, 64
_GRACE_S, _SLOWEST = 5.0, 50_000
"""A file on its way holds its room for so many seconds, and a second longer for so many bytes that have come."""

_LONGEST_S = 180.0
_TICK_S = 0.1


class File(Protocol):
    """A file that Streamlit holds."""

    @property
    def data(self) -> bytes:
        """Its bytes."""


class Storage(Protocol):
    """Streamlit's `MemoryUploadedFileManager`, as far as it is used here."""

    @property
    def file_storage(self) -> Mapping[str, Mapping[str, File]]:
        """Session to file id to file."""

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget a file."""


class BoundedUploads:
    """ASGI middleware that bounds uploads: each file, a visitor's together, all together, and how long they lie unread.

    Args:
        app: the application that answers.
        storage: returns where Streamlit keeps uploaded files.
        file_bytes: the largest file.
        visitor_bytes: what the unread files of one session may take together; one that would break this is refused.
        total_bytes: what all unread files may take together; a file that would break this waits, then is refused.
        unread_s: how long files lie unread after their session's last one came.
        grace_s: how long a file may be announced without coming.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        storage: Callable[[], Storage],
        file_bytes: int = FILE_BYTES,
        visitor_bytes: int = 8 * FILE_BYTES,
        total_bytes: int = 32 * FILE_BYTES,
        unread_s: float = 45.0,
        grace_s: float = _GRACE_S,
    ) -> None:
        self._app = app
        self._storage = storage
        self._file_bytes, self._visitor_bytes, self._total_bytes = file_bytes, visitor_bytes, total_bytes
        self._unread_s, self._grace_s = unread_s, grace_s
        self._waiting = 0
        self._coming: dict[str, int] = defaultdict(int)
        self._came: dict[str, float] = {}
        """Session to the moment when its last file had come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        upload = _UPLOAD.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if upload is None:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if not length.isdecimal() or "transfer-encoding" in headers:
            await _answer(411, "Expected a file of known length.")(scope, receive, send)
        elif int(length) > self._file_bytes + _FORM_BYTES:
            await _answer(413, "The file is too large.")(scope, receive, send)
        elif self._held(upload[1]) + _counted(int(length)) > self._visitor_bytes:
            await _answer(413, "Too much at once. Send fewer files.")(scope, receive, send)
        elif not await self._has_room(_counted(int(length))):
            await _answer(503, "Too many files at once. Try again in a minute.")(scope, receive, send)
        else:
            await self._take(upload[1], _counted(int(length)), scope, receive, send)

    async def _has_room(self, length: int) -> bool:
        """Wait until there is room for a file, for `_WAIT_S` at most."""
        looks = round(_WAIT_S / _LOOK_S) if self._waiting < _MOST_WAITING else 0
        self._waiting += 1
        try:
            while self._held() + length > self._total_bytes:
                if not looks:
                    return False
                looks -= 1
                await asyncio.sleep(_LOOK_S)
        finally:
            self._waiting -= 1
        return True

    def _held(self, session: str | None = None) -> int:
        """Return the bytes of a session's unread files, or of everybody's, those on their way included."""
        sessions = [own for id, own in list(self._storage().file_storage.items()) if session in (None, id)]
        held = sum(_counted(len(file.data)) for own in sessions for file in list(own.values()))
        return held + sum(bytes for id, bytes in self._coming.items() if session in (None, id))

    async def _take(self, session: str, length: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._coming[session] += length
        try:
            async with asyncio.timeout(_LONGEST_S):
                await self._app(scope, _steady(receive, self._grace_s), send)
        except TimeoutError:
            await _answer(408, "The file came too slowly.")(scope, receive, send)
        finally:
            self._coming[session] -= length
            if not self._coming[session]:
                del self._coming[session]
            self._came[session] = time.monotonic()
            asyncio.get_running_loop().call_later(self._unread_s + _TICK_S, self._free, session)

    def _free(self, session: str) -> None:
        """Forget a session's files that no page has read, unless another one is coming or came since."""
        if session in self._coming or time.monotonic() < self._came.get(session, 0) + self._unread_s:
            return
        self._came.pop(session, None)
        storage = self._storage()
        for file_id in list(storage.file_storage.get(session, ())):
            storage.remove_file(session, file_id)


def _steady(receive: Receive, grace_s: float) -> Receive:
    """Return `receive` for a body that has to keep coming; it raises a TimeoutError for one that is only announced."""
    began, arrived, whole = time.monotonic(), 0, False

    async def receive_steadily() -> Message:
        nonlocal arrived, whole
        if whole:
            return await receive()
        async with asyncio.timeout(max(0.0, began + grace_s + arrived / _SLOWEST - time.monotonic())):
            message = await receive()
        arrived += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return receive_steadily


def _counted(length: int) -> int:
    return max(length, _FORM_BYTES)


def _answer(status: int, text: str) -> PlainTextResponse:
    counts.refused("uploads")
    return PlainTextResponse(text, status_code=status)
