"""Pages of other origins that try to speak to the server with a visitor's cookies."""

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.browser.server import running_app

HALL = "https://hall.example.org"


def _accepts(url: str, origin: str | None, **headers: str) -> bool:
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        with connect(address, subprotocols=["streamlit"], origin=origin, additional_headers=extra) as socket:
            socket.ping().wait(10)
            return True
    except (InvalidStatus, ConnectionClosed):
        return False


def test_own_page_and_a_program_may_connect(server_url: str) -> None:
    assert _accepts(server_url, server_url)
    assert _accepts(server_url, None)


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:9", "http://127.0.0.1", "http://localhost:9", "https://127.0.0.1:{port}", HALL, "null"],
)
def test_page_of_another_port_scheme_or_host_is_refused(server_url: str, origin: str) -> None:
    assert not _accepts(server_url, origin.format(port=server_url.rpartition(":")[2]))


def test_proxy_on_this_machine_may_say_under_which_address_it_was_asked(server_url: str) -> None:
    forwarded = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "hall.example.org"}
    assert _accepts(server_url, HALL, **forwarded)
    assert not _accepts(server_url, HALL.replace("https", "http"), **forwarded)
    assert not _accepts(server_url, "https://elsewhere.example.org", **forwarded)


def test_word_of_an_untrusted_proxy_counts_for_nothing(tmp_path: Path) -> None:
    forwarded = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "hall.example.org"}
    with running_app(tmp_path, CONVSCOPE_PROXIES="203.0.113.1") as url:
        assert not _accepts(url, HALL, **forwarded)
        assert _accepts(url, url, **forwarded)


def test_origins_that_the_owner_lists_may_connect(tmp_path: Path) -> None:
    with running_app(tmp_path, CONVSCOPE_ORIGINS=f"{HALL}, http://127.0.0.1:9") as url:
        assert _accepts(url, HALL)
        assert _accepts(url, "http://127.0.0.1:9")
        assert not _accepts(url, "http://hall.example.org")
        assert not _accepts(url, f"{HALL}:8443")
