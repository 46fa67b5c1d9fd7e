"""Back and Forward in real Chromium: one entry a page, and what was seen there is seen again."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page, settled
from tests.waiting import wait_for

HOLD = """
window.held = null;
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (kind, heard, ...rest) {
  const late = (event) => (window.held ? window.held.push(() => heard(event)) : heard(event));
  listen.call(this, kind, kind === "message" ? late : heard, ...rest);
};"""
"""Lets a test keep the server's messages for a while, as a slow connection does: in `held`, once that is a list."""


def entries(page: Page) -> int:
    """Return how many entries the tab's history has."""
    return int(page.evaluate("window.history.length"))


def follow(page: Page, title: str) -> None:
    """Go to a page by the navigation and wait until it is drawn."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    expect(page.locator("h1").first).to_have_text(title)
    settled(page)


def test_each_page_is_one_entry_however_much_is_chosen_on_it(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    expect(page).to_have_url(re.compile("epoch=10"))
    first = entries(page)
    page.get_by_role("combobox", name="Data set").click()
    page.get_by_role("option", name="Handwritten digits").click()
    expect(page).to_have_url(re.compile("data=digits"))
    settled(page)
    follow(page, "Dataset")
    expect(page).to_have_url(re.compile("/dataset.*data=digits"))
    follow(page, "Network")
    expect(page).to_have_url(re.compile("/network.*data=digits"))
    assert entries(page) == first + 2
    page.go_back()
    expect(page.locator("h1").first).to_have_text("Dataset")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?data=digits"))
    expect(page.locator(".route").first).to_be_visible()


def test_back_brings_back_the_views_that_were_seen(page: Page, app_url: str) -> None:
    """Image, layer and feature, though the page that is opened next shares some of them and not others."""
    open_page(page, f"{app_url}/dataset?data=digits")
    page.locator(".st-key-dataset-mosaic .cell").nth(7).click()
    expect(page).to_have_url(re.compile("image=7"))
    seen = [page.url]
    first = entries(page)
    follow(page, "Activations")
    expect(page).to_have_url(re.compile("/activations.*image=7"))
    page.locator(".st-key-activations-grid .cell").nth(3).click()
    expect(page.locator(".st-key-activations-closeup")).to_be_visible()
    expect(page).to_have_url(re.compile("activations.feature=3.*activations.beside=close-up"))
    seen.append(page.url)
    for title in ("Predictions", "Network"):
        follow(page, title)
        expect(page).to_have_url(re.compile(f"/{title.lower()}.*split=train&image=7"))
        seen.append(page.url)
    assert entries(page) == first + 3
    for address in reversed(seen[:-1]):
        page.go_back()
        expect(page).to_have_url(address)
        settled(page)
        expect(page).to_have_url(address)
    expect(page.locator(".st-key-dataset-mosaic .cell").nth(7)).to_have_class(re.compile("chosen"))
    page.go_forward()
    expect(page.locator(".st-key-activations-closeup")).to_be_visible()
    expect(page.get_by_role("spinbutton").first).to_have_value("7")


def test_back_twice_at_once_leaves_the_way_forward(page: Page, app_url: str) -> None:
    """The server answers for the page in between when the visitor is back on the first."""
    page.add_init_script(HOLD)
    open_page(page, f"{app_url}/dataset?data=digits")
    seen = []
    for title in ("Network", "Learning"):
        seen.append(page.url)
        follow(page, title)
        expect(page).to_have_url(re.compile(f"/{title.lower()}.*data=digits"))
    page.evaluate("held = []")
    page.go_back()
    wait_for(lambda: page.evaluate("held.length") > 0)
    page.go_back()
    expect(page).to_have_url(seen[0])
    page.evaluate("[held, window.all] = [null, held]; all.forEach((hear) => hear())")
    expect(page.locator("h1").first).to_have_text("Dataset")
    settled(page)
    expect(page).to_have_url(seen[0])
    page.go_forward()
    expect(page.locator("h1").first).to_have_text("Network")
    follow(page, "Kernels")
    expect(page).to_have_url(re.compile("/kernels.*data=digits"))
    page.go_back()
    expect(page.locator("h1").first).to_have_text("Network")
