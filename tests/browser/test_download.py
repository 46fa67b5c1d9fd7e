"""The download of CIFAR-10 as a visitor sees it: progress, page switches, cancel, failure.."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_calm, open_page, settled
from tests.browser.server import running_app

MEGABYTE = bytes(1_000_000)


class _Mirror(http.server.BaseHTTPRequestHandler):
    """Sends zeros in place of the archive: `/slow` 170 MB that take ages, `/wrong` 2 MB at once."""

    def do_GET(self) -> None:
        megabytes = 170 if self.path == "/slow" else 2
        self.send_response(200)
        self.send_header("Content-Length", str(megabytes * len(MEGABYTE)))
        self.end_headers()
        try:
            for _ in range(megabytes):
                self.wfile.write(MEGABYTE)
                time.sleep(0.2 if self.path == "/slow" else 0)
        except OSError:
            pass  # the app canceled

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def leave(page: Page) -> None:
    """Close the tab before its server ends, which it would complain about."""
    settled(page)
    assert_calm(page)
    page.close()


def test_progress_survives_page_switches_and_can_be_canceled(page: Page, mirror: str, tmp_path: Path) -> None:
    with running_app(tmp_path, CONVSCOPE_DOWNLOAD="on", CONVSCOPE_CIFAR10_URL=f"{mirror}/slow") as url:
        open_page(page, url)
        sidebar = page.get_by_test_id("stSidebar")
        expect(sidebar).to_contain_text("of 170 MB")
        expect(sidebar).to_contain_text("left")
        page.get_by_role("link", name="Dataset").first.click()
        expect(page.locator("h1")).to_have_text("Dataset")
        expect(sidebar).to_contain_text("of 170 MB")
        page.get_by_role("button", name="Cancel").click()
        expect(sidebar).to_contain_text("canceled")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        leave(page)


def test_wrong_archive_is_refused_with_a_sentence(page: Page, mirror: str, tmp_path: Path) -> None:
    with running_app(tmp_path, CONVSCOPE_DOWNLOAD="on", CONVSCOPE_CIFAR10_URL=f"{mirror}/wrong") as url:
        open_page(page, url)
        expect(page.get_by_test_id("stSidebar")).to_contain_text("wrong checksum")
        assert not list(tmp_path.rglob("*.npy"))
        leave(page)
