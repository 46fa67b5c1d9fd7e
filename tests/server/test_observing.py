"""What a real server tells its owner and the lecturer, and what its log tells nobody."""

import re
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.browser.server import running_app
from tests.loop import run
from tests.visitors import Visitor

OWNER = {"authorization": "Bearer secret of the owner"}
ADDRESS = "203.0.113.77"


def _values(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^([a-z]\S*) (\S+)$", text, re.MULTILINE)}


async def _visit(url: str) -> dict[str, float]:
    async with Visitor(url, keeps_cookies=True) as one, Visitor(url) as other:
        for page in ("", "kernels", "kernels"):
            await one.open(page)
        await other.open("")
        await other.send(BackMsg(clear_cache=True))
        await other.open("")
        return _values(httpx2.get(f"{url}/metrics", headers=OWNER).text)


def test_owner_reads_windows_page_runs_refusals_memory_and_disk(tmp_path: Path) -> None:
    with running_app(tmp_path, CONVSCOPE_METRICS_TOKEN="secret of the owner") as url:
        values = run(_visit(url))
        assert httpx2.get(f"{url}/metrics").status_code == 404
    assert (values["convscope_windows_open"], values["convscope_visitors"]) == (2, 2)
    assert values['convscope_page_run_seconds_count{page="kernels"}'] == 2
    assert values['convscope_page_run_seconds_count{page="overview"}'] == 3
    assert 0 < values['convscope_page_run_seconds_sum{page="kernels"}'] < 60
    assert values['convscope_refusals_total{by="messages"}'] == 1
    assert values["convscope_memory_bytes"] > 5e7 and values["convscope_home_free_bytes"] > 0


def test_status_page_opens_with_the_lecturers_link_alone(tmp_path: Path) -> None:
    with running_app(tmp_path) as url, httpx2.Client(base_url=url, follow_redirects=True) as browser:
        assert browser.get("/status").status_code == 404
        link = re.search(r"/lecturer\?token=\S+", (tmp_path / "server.log").read_text())
        assert link is not None
        browser.get(link[0])
        answer = browser.get("/status")
        assert "How the server is" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_log_names_no_visitor_and_no_address(tmp_path: Path) -> None:
    """Visits, refused windows and origins, forged messages, through a proxy that tells the visitor's address."""
    with running_app(tmp_path) as url:
        stream = url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"X-Forwarded-For": ADDRESS, "Cookie": "convscope_owner=somebody"}
        with ExitStack() as windows:
            for origin in (*([None] * 41), "http://elsewhere.example.org"):
                with suppress(WebSocketException):
                    asked = connect(stream, subprotocols=["streamlit"], origin=origin, additional_headers=headers)
                    windows.enter_context(asked).send(BackMsg(clear_cache=True).SerializeToString())
        httpx2.get(f"{url}/lecturer?token=wrong", headers={"X-Forwarded-For": ADDRESS})
    log = (tmp_path / "server.log").read_text().partition("lecturer?token=")[2]
    for event in ("Refused one more", "Refused a WebSocket connection", "Dropped a message"):
        assert event in log
    for trace in (ADDRESS, "somebody", "token=wrong", '"WebSocket'):
        assert trace not in log
    assert not re.search(r"127\.0\.0\.1:\d+ - ", log)
