"""A server that goes away and comes back, as a visitor sees it."""

import re
import signal
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_calm, open_page, settled
from tests.browser.server import end, free_port, running_app, start
from tests.browser.test_history import follow

LATE = str(Path(__file__).parent / "late")
CHOSEN = "data=digits&run=digits&epoch=2"
DATASET = '[data-testid="stSidebarNavLink"][href$="/dataset"]'

FOLLOW_ONCE_CONNECTED = """address => {
  const app = document.querySelector('[data-testid="stApp"]');
  new MutationObserver(() => {
    if (app.dataset.testConnectionState === "CONNECTED") setTimeout(() => document.querySelector(address).click());
  }).observe(app, { attributeFilter: ["data-test-connection-state"] });
}"""

HOLD = """
window.held = null;
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (message) {
  window.held ? window.held.push(() => send.call(this, message)) : send.call(this, message);
};"""
"""Lets a test keep what a page asks the server for, as a slow connection does: in `held`, once that is a list."""


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


def test_what_is_asked_for_around_a_servers_end_is_shown_once_it_is_back(
    context: BrowserContext, tmp_path: Path
) -> None:
    """The one that comes back answers late: whatever a page asks for meanwhile arrives at it before its answer does."""
    port = free_port()
    server = start(tmp_path, port)
    unheard, offline, back, once = (context.new_page() for _ in range(4))
    for page in (unheard, offline, back, once):
        open_page(page, f"http://127.0.0.1:{port}/kernels?{CHOSEN}")
    follow(back, "Dataset")
    follow(back, "Network")
    once.evaluate(FOLLOW_ONCE_CONNECTED, DATASET)
    server.send_signal(signal.SIGSTOP)
    unheard.locator(DATASET).click()
    server.kill()
    server.wait()
    for page in (offline, back):
        expect(page.locator('.stApp[data-test-connection-state="CONNECTED"]')).to_have_count(0)
    offline.get_by_test_id("stSidebarNavLinkContainer").filter(has_text="Dataset").click()
    back.evaluate("history.back()")
    server = start(tmp_path, port, PYTHONPATH=LATE)
    try:
        for page in (unheard, offline, back, once):
            expect(page.locator("h1").first).to_have_text("Dataset", timeout=60_000)
            settled(page)
            expect(page).to_have_url(re.compile(f"/dataset.*{CHOSEN}"))
            assert_calm(page)
    finally:
        end(server)


def follow_and_choose(page: Page) -> None:
    """Let the server hear of a link to Dataset and, before it answers, of a choice on the page that is left."""
    page.evaluate("window.held = []")
    page.locator(DATASET).click()
    page.get_by_role("slider", name=re.compile("Snapshot")).press("ArrowLeft")
    page.wait_for_function("held.length >= 2")
    page.evaluate("() => { const all = held; held = null; for (const each of all) each(); }")


def test_a_link_is_followed_though_the_page_that_is_left_tells_of_a_choice_after_it(page: Page, app_url: str) -> None:
    page.add_init_script(HOLD)
    open_page(page, f"{app_url}/kernels")
    follow_and_choose(page)
    expect(page.locator("h1").first).to_have_text("Dataset")
    settled(page)
    expect(page).to_have_url(re.compile("/dataset"))


def test_a_link_is_followed_again_where_the_page_that_is_left_looks_again_twice_a_second(
    context: BrowserContext, tmp_path: Path
) -> None:
    """As pages do while TensorFlow is loading, which takes for ever here."""
    (tmp_path / "keras.py").write_text("import time\n\ntime.sleep(600)\n")
    page = context.new_page()  # not the fixture's: a server that ends is an error on the console
    page.add_init_script(HOLD)
    with running_app(tmp_path / "home", PYTHONPATH=str(tmp_path)) as url:
        open_page(page, f"{url}/activations")
        expect(page.get_by_text("TensorFlow is loading").first).to_be_visible()
        follow_and_choose(page)
        expect(page.locator("h1").first).to_have_text("Dataset")


def test_a_link_that_nobody_heard_is_followed_again(page: Page, app_url: str) -> None:
    """Or of which no run is seen, as one that is shorter than a frame."""
    page.add_init_script(HOLD)
    open_page(page, f"{app_url}/kernels")
    page.evaluate("window.held = []")
    page.locator(DATASET).click()
    page.wait_for_function("held.length === 1")
    page.evaluate("window.held = null")
    expect(page.locator("h1").first).to_have_text("Dataset")


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
