"""Connections of a real uvicorn, on which nothing moves."""

import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.web.stuck import StuckConnections
from tests.waiting import wait_for

LARGE = bytes(50_000_000)
"""More than the operating system takes off the server's hands."""


async def large(request: Request) -> Response:
    return Response(LARGE)


async def small(request: Request) -> Response:
    return Response("here")


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    app = Starlette(
        routes=[Route("/large", large), Route("/small", small)],
        middleware=[Middleware(StuckConnections, request_s=1.0, reading_s=1.0)],
    )
    served = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    wait_for(lambda: served.started)
    yield served
    served.should_exit = True
    thread.join(10)


def _port(server: uvicorn.Server) -> int:
    return int(server.servers[0].sockets[0].getsockname()[1])


def _get(server: uvicorn.Server, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{_port(server)}{path}", timeout=20) as answer:
        return bytes(answer.read())


def test_an_answer_that_nobody_reads_is_given_up(server: uvicorn.Server) -> None:
    with closing(socket.create_connection(("127.0.0.1", _port(server)))) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: hall\r\n\r\n")
        wait_for(lambda: len(server.server_state.connections) == 1)
        wait_for(lambda: not server.server_state.connections)


def test_a_request_that_never_ends_is_given_up(server: uvicorn.Server) -> None:
    assert _get(server, "/small") == b"here"
    with closing(socket.create_connection(("127.0.0.1", _port(server)))) as connection:
        connection.sendall(b"GET /small HTTP/1.1\r\nHost: ha")
        connection.settimeout(20)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_an_answer_that_is_read_slowly_arrives_whole(server: uvicorn.Server) -> None:
    with closing(socket.create_connection(("127.0.0.1", _port(server)))) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")
        received, pauses = 0, 0
        while data := connection.recv(2**20):
            received += len(data)
            if received > (pauses + 1) * 5_000_000:
                pauses += 1
                time.sleep(0.5)  # a slow reader: this is what is tried, nothing is waited for
        assert received > len(LARGE)
        assert pauses > 5
