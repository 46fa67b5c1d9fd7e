"""Lets through only what a visitor's browser has reason to send over the WebSocket.

Streamlit's protocol also serves its developers: one message empties the caches of every visitor, others make the
server watch its files or tell what its Git repository holds, whatever the toolbar shows. Those are dropped here.
"""

import json
import logging
import math

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.observing import counts

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

_DIGITS = 400  # a double written out has at most 327

TOO_LONG = "link.too_long"
"""The parameter that stands in the address instead of one that is longer."""


class VisitorMessages:
    """ASGI middleware that drops messages outside `KINDS` and `OPERATIONS`, unsound states, addresses too long.

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
                read = _read(data)
                kind = None if read is None else refused_kind(read)
                if kind is None:
                    # What is no message, or larger than any may be, is left to Streamlit: it closes the connection.
                    changed = read is not None and len(data) <= _LARGEST and _cleaned(read)
                    return {**message, "bytes": read.SerializeToString()} if read and changed else message
                _LOG.warning("Dropped a message of the kind %s: no visitor's browser has reason to send it.", kind)
                counts.refused("messages")

        await self._app(scope, receive_permitted, send)


def refused_kind(message: BackMsg) -> str | None:
    """Return the kind of a message that no visitor may send; None for one that may pass.

    >>> refused_kind(BackMsg(clear_cache=True))
    'clear_cache'
    >>> refused_kind(BackMsg(app_heartbeat=True))
    """
    kind = message.WhichOneof("type")
    if kind is None:
        return None
    if kind == "backend_operation_request":
        operation = message.backend_operation_request.WhichOneof("payload")
        return None if operation in OPERATIONS else f"{kind}.{operation}"
    return None if kind in KINDS else kind


def sound(state: WidgetState) -> bool:
    """Return whether a widget may have this state: its numbers are finite, its JSON is what a browser writes.

    `JSON.stringify` writes neither NaN nor Infinity, and no number of hundreds of digits; components nest a few levels
    deep. Python's reader takes the former, and gives up on the latter in the middle of a page.

    >>> sound(WidgetState(json_value='{"clicked": 3}')), sound(WidgetState(json_value='{"clicked": Infinity}'))
    (True, False)
    """
    kind = state.WhichOneof("value")
    if kind == "double_value":
        return math.isfinite(state.double_value)
    if kind == "double_array_value":
        return all(map(math.isfinite, state.double_array_value.data))
    if kind in ("json_value", "json_trigger_value"):
        return _is_json(getattr(state, kind))
    return True


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        return False
    return True


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or len(text) > _DIGITS:
        raise ValueError(text)
    return value


def _read(data: bytes) -> BackMsg | None:
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message


def _cleaned(message: BackMsg) -> bool:
    """Put `TOO_LONG` in place of too long an address, and drop unsound states; return whether there was need."""
    dropped = _drop_unsound(message)
    if len(message.rerun_script.query_string) > LONGEST_QUERY:
        message.rerun_script.query_string = f"{TOO_LONG}=1"
        return True
    return dropped


def _drop_unsound(message: BackMsg) -> bool:
    """Drop states that no widget may have, as if they had not been sent; return whether there were any."""
    widgets = message.rerun_script.widget_states.widgets
    kept = [state for state in widgets if sound(state)]
    if len(kept) == len(widgets):
        return False
    _LOG.warning("Dropped states of widgets that no browser writes.")
    counts.refused("messages")
    message.rerun_script.widget_states.ClearField("widgets")
    message.rerun_script.widget_states.widgets.extend(kept)
    return True
