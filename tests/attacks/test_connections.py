"""A server whose connections are held: slow requests, windows without number, messages that never end."""

import asyncio
import resource
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from core.web.stuck import REQUEST_S
from core.web.windows import SHARE
from tests.attacks.server import ANSWER_S, MB, Server, attacked
from tests.loop import run
from tests.visitors import Visitor

FEW_FILES = 256
"""What some systems let a process have at first."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))  # the server's process begins with it
    with ExitStack() as stack:
        try:
            served = stack.enter_context(attacked(tmp_path_factory.mktemp("connections")))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        yield served


async def _seconds(url: str) -> float:
    """Return how long another visitor waits for a page, its connection included."""
    began = time.monotonic()
    async with asyncio.timeout(60), Visitor(url) as visitor:
        await visitor.open("dataset")
        assert visitor.exceptions == []
    return time.monotonic() - began


def _socket(server: Server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def _closed(connection: socket.socket) -> bool:
    """Return whether the server has closed it; what it sent before counts as nothing."""
    connection.setblocking(False)
    try:
        while data := connection.recv(65_536):
            del data
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def test_requests_that_never_end_and_a_failed_handshake_shut_nobody_out_and_are_closed(server: Server) -> None:
    """Twice as many as a process has files at first, each sending a byte of its headers now and then.

    Beside them a handshake with a cookie of 30,000 characters, more than websockets reads; uvicorn then neither answers
    nor closes.
    """
    upgrade = (
        b"GET /_stcore/stream HTTP/1.1\r\nHost: hall\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: convscope_owner="
    )
    with ExitStack() as held, server.growth_below(100 * MB):
        failed, *slow = [held.enter_context(closing(_socket(server))) for _ in range(1 + 2 * FEW_FILES)]
        failed.sendall(upgrade + b"x" * 30_000 + b"\r\n\r\n")
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: hall\r\nX-Slow: ")
        assert run(_seconds(server.url)) < ANSWER_S
        deadline = time.monotonic() + REQUEST_S + 30
        while not all(map(_closed, (failed, *slow))):
            assert time.monotonic() < deadline
            for connection in slow:
                with suppress(OSError):
                    connection.send(b"x")
            time.sleep(1)


def test_a_browser_holds_a_share_of_the_windows_and_others_still_get_in(server: Server) -> None:
    cookie = {"Cookie": "convscope_owner=" + "m" * 32}
    with ExitStack() as held:
        kept, refusals = list[ClientConnection](), 0
        for _ in range(SHARE + 20):
            try:
                kept.append(held.enter_context(_window(server, cookie)))
            except InvalidStatus as error:
                assert error.response.status_code == 403
                refusals += 1
        assert (len(kept), refusals) == (SHARE, 20)
        page = urllib.request.Request(server.url, headers={"Accept": "text/html"} | cookie)
        with pytest.raises(urllib.error.HTTPError, match="503") as refused:
            urllib.request.urlopen(page, timeout=30)
        assert b"Expected at most 40 windows of one browser" in refused.value.read()
        assert run(_seconds(server.url)) < ANSWER_S
        with _window(server, {"Cookie": "convscope_owner=" + "n" * 32}):
            pass
    with _window(server, cookie):  # there is room again
        pass


def test_messages_that_are_announced_and_never_end_take_little_memory(server: Server) -> None:
    """A hundred windows with 15 MB each of a message that may have one: uvicorn's own bound is that of the answers."""

    def begin(window: ClientConnection) -> bool:
        try:
            window.send(bytes(2**19) for _ in range(30))
            window.recv(timeout=30)
        except (ConnectionClosed, EOFError):
            return True
        return False

    with server.growth_below(300 * MB), ExitStack() as held:
        windows = [held.enter_context(_window(server, {})) for _ in range(100)]
        assert all(map(begin, windows))
        assert run(_seconds(server.url)) < ANSWER_S


def test_a_flood_of_reruns_from_one_window_keeps_nobody_waiting(server: Server) -> None:
    """Three thousand at once, each for a part of a page that there may be: a run begins when the one before is over."""

    async def attack() -> list[float]:
        async with Visitor(server.url) as visitor:
            await visitor.open("network")
            for number in range(3000):
                message = BackMsg()
                message.rerun_script.page_name = "network"
                message.rerun_script.fragment_id = f"{number:032x}" if number % 2 else ""
                await visitor.send(message)
            return [await _seconds(server.url) for _ in range(5)]

    with server.growth_below(200 * MB):
        answers = run(attack())
    assert max(answers) < ANSWER_S


@pytest.mark.parametrize(
    "cookie",
    [
        "convscope_owner=" + "x" * 8_000,
        'convscope_owner="\\000\\377"; convscope_lecturer="; _streamlit_user=abc|def; _streamlit_xsrf=2|x|y|z',
        "convscope_owner=\xff\xfe; convscope_lecturer=\xff; ajs_anonymous_id=%00%ff",
        "=;=;;;convscope_owner",
        "; ".join(f"convscope_lecturer{number}=1" for number in range(300)),
    ],
)
def test_forged_cookies_open_a_page_and_give_no_rights(server: Server, cookie: str) -> None:
    with _window(server, {"Cookie": cookie}) as window:
        message = BackMsg()
        message.rerun_script.page_name = "training"
        window.send(message.SerializeToString())
        seen = b""
        while b"Training" not in seen:
            received = window.recv(timeout=60)
            seen += received if isinstance(received, bytes) else b""
        assert b"Something went wrong" not in seen


def _window(server: Server, headers: dict[str, str]) -> ClientConnection:
    url = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(url, additional_headers=headers, max_size=None, open_timeout=30)
