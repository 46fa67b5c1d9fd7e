"""Messages that no browser of a visitor sends, forged."""

from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect


def _connect(url: str) -> ClientConnection:
    return connect(url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=["streamlit"], max_size=None)


def _open(socket: ClientConnection, query: str = "") -> list[ForwardMsg]:
    """Open the first page; return what the server said until it was whole."""
    message = BackMsg()
    message.rerun_script.query_string = query
    socket.send(message.SerializeToString())
    answers: list[ForwardMsg] = []
    while not answers or answers[-1].WhichOneof("type") != "script_finished":
        answers.append(ForwardMsg.FromString(socket.recv(timeout=60)))
    return answers


def _addresses(answers: list[ForwardMsg]) -> list[str]:
    return [a.page_info_changed.query_string for a in answers if a.WhichOneof("type") == "page_info_changed"]


def test_forged_clear_cache_empties_nothing(server_url: str, server_home: Path) -> None:
    """Streamlit's handler empties the caches of all visitors, and the sender's own choices with them."""
    with _connect(server_url) as socket:
        _open(socket, "data=digits&run=digits&epoch=2")
        socket.send(BackMsg(clear_cache=True).SerializeToString())
        assert _addresses(_open(socket))[-1] == "data=digits&run=digits&epoch=2"
    assert "Dropped a message of the kind clear_cache" in (server_home / "server.log").read_text()


def _answers(url: str, forged: BackMsg) -> list[ForwardMsg]:
    """Send a message between two pages; return what the server says after it."""
    with _connect(url) as socket:
        _open(socket)
        socket.send(forged.SerializeToString())
        return _open(socket)


def test_nobody_makes_the_server_watch_its_files(server_url: str) -> None:
    answers = _answers(server_url, BackMsg(set_run_on_save=True))
    assert not any(answer.session_status_changed.run_on_save for answer in answers)


def test_nobody_makes_the_server_write_into_the_folder_of_the_app(server_url: str) -> None:
    forged = BackMsg()
    forged.backend_operation_request.install_skills.SetInParent()
    answers = _answers(server_url, forged)
    assert not any(answer.HasField("backend_operation_response") for answer in answers)


@pytest.mark.parametrize("size", [2_000_000, 20_000_000])
def test_message_larger_than_any_widget_needs_ends_the_connection(server_url: str, size: int) -> None:
    """Everybody could keep so much in the server's memory otherwise, 25 MB by default."""
    message = BackMsg()
    message.rerun_script.query_string = "x" * size
    with _connect(server_url) as socket:
        _open(socket)
        with pytest.raises(ConnectionClosedError):
            socket.send(message.SerializeToString())
            while True:
                socket.recv(timeout=30)


def test_an_address_longer_than_any_choice_is_not_kept(server_url: str) -> None:
    """Pages keep texts from the address for a visitor: hundreds of 500 kB each filled the server's memory."""
    with _connect(server_url) as socket:
        answers = _open(socket, "data=digits&network=" + "x" * 500_000)
    texts = [answer.delta.new_element.alert.body for answer in answers]
    assert any("Expected a link of at most 16,000 characters" in text for text in texts)
    assert max(map(len, _addresses(answers)), default=0) < 1_000
