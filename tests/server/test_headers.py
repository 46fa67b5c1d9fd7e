"""What every response tells the browser, and addresses that answer nobody."""

from pathlib import Path

import httpx2
import pytest

from tests.browser.server import running_app


@pytest.mark.parametrize("path", ["/", "/kernels", "/live/queue", "/runs/digits/script.py", "/nothing.js", "/media/x"])
def test_every_response_carries_the_rules(server_url: str, path: str) -> None:
    headers = httpx2.get(server_url + path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"].split("; ")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_owner_may_let_a_course_page_show_the_app(tmp_path: Path) -> None:
    with running_app(tmp_path, CONVSCOPE_FRAME_ANCESTORS="https://course.example.org https://*.example.edu") as url:
        headers = httpx2.get(url).headers
    rules = headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'self' https://course.example.org https://*.example.edu" in rules
    assert "x-frame-options" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "/_stcore/metrics?families=cache_memory_bytes",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_addresses_for_operators_answer_nobody(server_url: str, method: str, path: str) -> None:
    assert httpx2.request(method, server_url + path).status_code == 404


def test_they_answer_nobody_below_a_base_path_either(tmp_path: Path) -> None:
    with running_app(tmp_path, STREAMLIT_SERVER_BASE_URL_PATH="/courses/cnn/") as url:
        assert httpx2.get(f"{url}/_stcore/metrics").status_code == 404
        assert httpx2.get(f"{url}/live/queue").json()["queue"] == []
        assert httpx2.get(f"{url}/fonts/ibm-plex-sans-400.woff2").content.startswith(b"wOF2")
