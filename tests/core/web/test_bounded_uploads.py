"""What browsers send and no page reads is bounded: a file, a visitor's files, everybody's, and how long they lie."""

import asyncio
import time

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Message, Scope
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from core.web.bounded_uploads import BoundedUploads
from tests.loop import run

MB = 2**20


class Server:
    """The middleware before a route that keeps files as Streamlit's does."""

    def __init__(self, **bounds: float) -> None:
        self.files = MemoryUploadedFileManager("/_stcore/upload_file")
        limits = {"file_bytes": MB, "visitor_bytes": 3 * MB, "total_bytes": 5 * MB, "unread_s": 0.2}
        route = Route("/_stcore/upload_file/{session}/{file}", self._keep, methods=["PUT"])
        self._app = BoundedUploads(Router([route]), storage=lambda: self.files, **(limits | bounds))  # type: ignore[arg-type]

    async def put(
        self, session: str, file: str, size: int, *, path: str = "", silent: bool = False, **headers: str
    ) -> int:
        """Send a file, or only announce it; return the status of the answer."""
        headers = {"content_length": str(size)} | headers
        scope: Scope = {
            "type": "http",
            "method": "PUT",
            "path": f"{path}/_stcore/upload_file/{session}/{file}",
            "root_path": path,
            "query_string": b"",
            "headers": [(name.encode().replace(b"_", b"-"), value.encode()) for name, value in headers.items()],
        }
        statuses = []

        async def receive() -> Message:
            if silent:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": b"\0" * size}

        async def send(message: Message) -> None:
            statuses.append(message.get("status"))

        await self._app(scope, receive, send)
        return int(statuses[0])

    def held(self) -> int:
        """Bytes that Streamlit keeps."""
        return sum(len(file.data) for files in self.files.file_storage.values() for file in files.values())

    async def _keep(self, request: Request) -> Response:
        record = UploadedFileRec(request.path_params["file"], "name", "type", await request.body())
        self.files.add_file(request.path_params["session"], record)
        return Response(status_code=204)


def test_one_file() -> None:
    async def check() -> None:
        server = Server()
        assert await server.put("ada", "1", MB) == 204
        assert await server.put("ada", "2", 2 * MB) == 413
        assert await server.put("ada", "3", 0, transfer_encoding="chunked") == 411
        assert await server.put("ada", "4", 0, content_length="-1") == 411
        assert server.held() == MB

    run(check())


def test_files_that_are_announced_and_do_not_come_take_nobodys_room() -> None:
    async def check() -> None:
        server = Server(grace_s=0.3)
        silent = [asyncio.create_task(server.put(f"eve {k}", "1", MB, silent=True)) for k in range(5)]
        await asyncio.sleep(0)
        assert await server.put("ada", "1", MB) == 204
        assert await asyncio.gather(*silent) == [408] * 5
        assert server.held() == MB

    run(check())


def test_a_visitors_files_together() -> None:
    async def check() -> None:
        server = Server()
        statuses = [await server.put("ada", str(number), MB) for number in range(12)]
        assert statuses == [204] * 3 + [413] * 9
        assert await server.put("ben", "1", MB) == 204
        assert server.held() == 4 * MB

    run(check())


def test_short_files_count_too() -> None:
    """Each file costs the server more than its bytes."""

    async def check() -> None:
        server = Server(visitor_bytes=MB)
        statuses = [await server.put("ada", str(number), 1) for number in range(100)]
        assert 10 <= statuses.count(204) <= 16

    run(check())


def test_everybodys_files_together_wait_for_room_and_get_it() -> None:
    """Seven visitors at once, room for five: the others wait until the files before them were freed unread."""

    async def check() -> None:
        server = Server()
        most = 0

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, server.held())
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        statuses = await asyncio.gather(*(server.put(f"visitor {number}", "1", MB) for number in range(7)))
        watching.cancel()
        assert statuses == [204] * 7
        assert most == 5 * MB

    run(check())


def test_files_that_no_page_reads_are_freed() -> None:
    async def check() -> None:
        server = Server()
        assert await server.put("ada", "1", MB) == await server.put("ada", "2", MB) == 204
        await _until(lambda: server.held() == 0)
        assert await server.put("ada", "3", MB) == 204

    run(check())


def test_files_wait_for_the_last_of_their_batch() -> None:
    """A browser tells the page of its files when all of them have been sent."""

    async def check() -> None:
        server = Server(unread_s=1.0)
        for number in range(3):
            assert await server.put("ada", str(number), MB) == 204
            await asyncio.sleep(0.5)
        assert server.held() == 3 * MB
        await _until(lambda: server.held() == 0)

    run(check())


def test_under_a_base_path() -> None:
    async def check() -> None:
        server = Server()
        assert await server.put("ada", "1", 2 * MB, path="/lesson") == 413

    run(check())


async def _until(condition) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_everything_else_passes(kind: str) -> None:
    seen = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        seen.append(scope["type"])

    bounded = BoundedUploads(app, storage=lambda: MemoryUploadedFileManager(""))
    run(bounded({"type": kind, "path": "/_stcore/upload_file/a/b"}, None, None))  # type: ignore[arg-type]
    assert seen == [kind]
