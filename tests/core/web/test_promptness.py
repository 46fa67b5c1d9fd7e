"""A real uvicorn on a socket bound as Streamlit binds it."""

import asyncio
import socket

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from core.web.promptness import Promptness
from tests.loop import run

accepted: list[int] = []


async def tell(connection: WebSocket) -> None:
    await connection.accept()
    server_side = connection._receive.__self__.transport.get_extra_info("socket")  # type: ignore[attr-defined]
    accepted.append(server_side.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    await connection.close()


async def nodelay(middleware: list[Middleware]) -> int:
    """Return what TCP_NODELAY is on the server's side of a new WebSocket."""
    app = Starlette(routes=[WebSocketRoute("/", tell)], middleware=middleware)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        async with websockets.connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/") as visitor:
            await visitor.wait_closed()
        server.should_exit = True
        await serving
    return accepted.pop()


def test_nothing_waits_for_an_acknowledgement() -> None:
    assert run(nodelay([])) == 0, "uvicorn does this itself now: Promptness can go"
    assert run(nodelay([Middleware(Promptness)])) != 0
