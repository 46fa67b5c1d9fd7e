"""Lets through only what a visitor's browser has reason to send over the WebSocket.

Streamlit's protocol also serves its developers: one message empties the caches of every visitor, others make the
server watch its files or tell what its Git repository holds, whatever the toolbar shows. Those are dropped here.
"""

import logging

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

_LOG = logging.getLogger("convscope")

KINDS = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"})
"""Kinds of `BackMsg` that a visitor may send; each touches the visitor's own session alone."""

OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
"""What a `backend_operation_request` may ask for: a download made when asked for, rows of a table."""


LONGEST_QUERY = 16_000
"""Characters of a page's address behind the question mark: the largest network and kernels together take a fourth.

Pages keep texts from the address for a visitor, and Streamlit sends all of it back whenever one part changes.
"""

_LARGEST = 2**20  # as `server.maxWidgetStateSize` in .streamlit/config.toml

TOO_LONG = "link.too_long"
"""The parameter that stands in the address instead of one that is longer."""


class VisitorMessages:
    """ASGI middleware that drops WebSocket messages outside `KINDS` and `OPERATIONS`, and addresses that are too long.

    A page asked for with such an address is told so by the parameter `TOO_LONG` alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def receive_permitted() -> Message:
            while True:
                message = await receive()
                data = message.get("bytes") or b""
                kind = refused_kind(data)
                if kind is None:
                    return {**message, "bytes": _shortened(data)} if data else message
                _LOG.warning("Dropped a message of the kind %s: no visitor's browser has reason to send it.", kind)

        await self._app(scope, receive_permitted, send)


def refused_kind(data: bytes) -> str | None:
    """Return the kind of a message that no visitor may send; None for one that may pass.

    What is no message at all passes: Streamlit closes the connection over it.

    >>> refused_kind(BackMsg(clear_cache=True).SerializeToString())
    'clear_cache'
    >>> refused_kind(BackMsg(app_heartbeat=True).SerializeToString())
    """
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind is None:
        return None
    if kind == "backend_operation_request":
        operation = message.backend_operation_request.WhichOneof("payload")
        return None if operation in OPERATIONS else f"{kind}.{operation}"
    return None if kind in KINDS else kind


def _shortened(data: bytes) -> bytes:
    """Return a message with `TOO_LONG` in place of too long an address.

    What is no message, or larger than any may be, is left to Streamlit: it closes the connection over it.
    """
    if not LONGEST_QUERY < len(data) <= _LARGEST:
        return data
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return data
    if len(message.rerun_script.query_string) <= LONGEST_QUERY:
        return data
    message.rerun_script.query_string = f"{TOO_LONG}=1"
    return message.SerializeToString()
