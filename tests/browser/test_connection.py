"""A server that goes away and comes back, as a visitor sees it."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import assert_calm, open_page, settled
from tests.browser.server import end, free_port, start


def test_visitor_is_told_in_words_and_the_page_comes_back_by_itself(context: BrowserContext, tmp_path: Path) -> None:
    page, port = context.new_page(), free_port()
    server = start(tmp_path, port)
    open_page(page, f"http://127.0.0.1:{port}/?data=digits&run=digits&epoch=2")
    banner = page.get_by_test_id("connection")
    expect(banner).to_be_hidden()
    server.kill()
    server.wait()
    expect(banner).to_be_visible()
    expect(banner).to_have_text(re.compile("This page comes back by itself"))
    page.wait_for_timeout(4000)  # Streamlit's own dialog comes up within three seconds
    assert_calm(page)
    server = start(tmp_path, port)
    try:
        expect(banner).to_be_hidden(timeout=60_000)
        settled(page)
        page.get_by_role("link", name="Dataset").first.click()
        expect(page.locator("h1").first).to_have_text("Dataset")
        expect(page).to_have_url(re.compile("data=digits.*run=digits.*epoch=2"))
        assert_calm(page)
    finally:
        end(server)


def test_link_to_no_page_is_answered_with_a_sentence(context: BrowserContext, app_url: str) -> None:
    """Streamlit's dialog speaks of files in the app's directory; it still writes that into the console."""
    page = context.new_page()
    open_page(page, f"{app_url}/kernel%3Cb%3E")
    warning = page.get_by_test_id("stAlertContentWarning")
    expect(warning).to_have_text(re.compile("a page “kernel<b>”.*Kernels.*Overview is shown instead"))
    assert_calm(page)
    page.get_by_role("link", name="Kernels").first.click()
    expect(page.locator("h1").first).to_have_text("Kernels")
    settled(page)
    expect(warning).to_have_count(0)
