"""Closes connections on which nothing moves: requests that never end, answers that nobody reads.

Each holds one of the numbers that the operating system gives a process for its files and connections; when they are
used up, nobody gets in any more. uvicorn waits for the end of a request's headers for ever.
"""

import asyncio
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

REQUEST_S = 20.0
"""How long a request's headers may take to come."""

READING_S = 60.0
"""How long an answer may lie unread, not a byte of it taken."""

_LOOK_S = 2.0
_MOST_FILES = 65_536


def permit_many_connections() -> None:
    """Let this process have as many files and connections as the operating system's hard limit permits, within reason.

    Many systems begin with 1,024, some with 256, and let a program ask for more.
    """
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class StuckConnections:
    """ASGI middleware that looks through all of uvicorn's connections, from the first request on.

    Args:
        app: the application that answers.
        request_s: how long a request's headers may take.
        reading_s: how long an answer may lie unread.
    """

    def __init__(self, app: ASGIApp, *, request_s: float = REQUEST_S, reading_s: float = READING_S) -> None:
        self._app = app
        self._patience_s = {"request": request_s, "reading": reading_s}
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._watching is None and scope["type"] in ("http", "websocket"):
            transport = getattr(getattr(receive, "__self__", None), "transport", None)
            connections = getattr(transport.get_protocol(), "connections", None) if transport else None
            if connections is not None:  # another server than uvicorn has none
                self._watching = asyncio.create_task(self._watch(connections))
        await self._app(scope, receive, send)

    async def _watch(self, connections: Collection[Any]) -> None:
        since: dict[Any, tuple[object, float]] = {}
        while True:
            now, before, since = time.monotonic(), since, {}
            for connection in list(connections):
                waits = _waits_for(connection)
                if waits is None:
                    continue
                same, began = before.get(connection, (None, now))
                since[connection] = (waits, began if same == waits else now)
                if now - since[connection][1] > self._patience_s[waits[0]]:
                    connection.transport.abort()
            await asyncio.sleep(_LOOK_S)


def _waits_for(connection: Any) -> tuple[str, int] | None:
    """Return what one of uvicorn's connections waits for, and how far that is; None where it waits for nothing."""
    if unread := connection.transport.get_write_buffer_size():
        return "reading", unread
    if not hasattr(connection, "cycle"):  # a WebSocket; once it is open, uvicorn asks for signs of life
        return None if connection.handshake_complete else ("request", 0)
    cycle = connection.cycle
    answered = cycle is None or cycle.response_complete
    # uvicorn itself closes a connection that rests between two requests: then its clock runs.
    return ("request", id(cycle)) if answered and connection.timeout_keep_alive_task is None else None
