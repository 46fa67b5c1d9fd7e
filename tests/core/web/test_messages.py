import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.web.messages import KINDS, OPERATIONS, VisitorMessages, refused_kind, sound

EVERY_KIND = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
EVERY_OPERATION = [field.name for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields]


def _message(kind: str) -> BackMsg:
    message = BackMsg()
    if BackMsg.DESCRIPTOR.fields_by_name[kind].message_type:
        getattr(message, kind).SetInParent()
    else:
        setattr(message, kind, True)
    return message


@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind != "backend_operation_request"])
def test_only_what_a_visitors_browser_sends_passes(kind: str) -> None:
    assert (refused_kind(_message(kind)) is None) == (kind in KINDS)


@pytest.mark.parametrize("operation", EVERY_OPERATION)
def test_only_operations_of_a_visitor_pass(operation: str) -> None:
    message = BackMsg()
    getattr(message.backend_operation_request, operation).SetInParent()
    assert (refused_kind(message) is None) == (operation in OPERATIONS)


def test_the_lists_name_kinds_that_there_are() -> None:
    assert set(EVERY_KIND) >= KINDS
    assert set(EVERY_OPERATION) >= OPERATIONS
    assert {"clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"} <= set(EVERY_KIND) - KINDS


def test_a_refused_kind_is_not_hidden_behind_a_permitted_one() -> None:
    """Of two kinds in one message the last counts, as it does for Streamlit."""
    permitted, refused = _message("app_heartbeat").SerializeToString(), _message("clear_cache").SerializeToString()
    assert refused_kind(BackMsg.FromString(permitted + refused)) == "clear_cache"
    assert refused_kind(BackMsg.FromString(refused + permitted)) is None


@pytest.mark.parametrize("data", [b"", b"\xff" * 20, b"\x0a\xff\xff\xff\xff\x0f"])
def test_what_is_no_message_is_left_to_streamlit(data: bytes) -> None:
    heard = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "bytes": data}

    heard_by = VisitorMessages(app)({"type": "websocket"}, receive, None)  # type: ignore[arg-type]
    with ThreadPoolExecutor() as pool:  # in this thread a browser of other tests may keep a loop running
        pool.submit(asyncio.run, heard_by).result()
    assert heard == [{"type": "websocket.receive", "bytes": data}]


@pytest.mark.parametrize(
    "text",
    ["NaN", "[Infinity]", '{"a": -Infinity}', "1e400", "9" * 5000, "[" * 100_000, "{", ""],
)
def test_json_that_no_browser_writes_is_not_sound(text: str) -> None:
    assert not sound(WidgetState(json_value=text))
    assert not sound(WidgetState(json_trigger_value=text))


@pytest.mark.parametrize("text", ["null", "3", "-1e308", '{"square": [0.1, 5e-324, 1]}', '"NaN"', f"[{2**53}]"])
def test_json_of_a_browser_is_sound(text: str) -> None:
    assert sound(WidgetState(json_value=text))


def test_numbers_have_to_be_finite() -> None:
    state = WidgetState()
    state.double_array_value.data.extend([1.0, float("nan")])
    assert not sound(state)
    assert not sound(WidgetState(double_value=float("inf")))
    assert sound(WidgetState(double_value=-1e300))
    assert sound(WidgetState(string_value="NaN"))
