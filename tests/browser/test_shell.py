"""What holds on every page: deep links, the sidebar, the address, the look on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pages import registry
from tests.browser.conftest import assert_calm, open_page, settled, still
from tests.browser.server import running_app

PAGES = tuple(page.name for page in registry.PAGES[1:])


def test_first_visitor_of_a_fresh_server_may_come_by_a_deep_link(newcomer: BrowserContext, tmp_path: Path) -> None:
    with running_app(tmp_path / "home") as url:
        page = newcomer.new_page()
        open_page(page, f"{url}/{PAGES[0]}")
        expect(page.locator("h1").first).to_have_text(re.compile(PAGES[0], re.IGNORECASE))
        assert_calm(page)


@pytest.mark.parametrize("name", ("", *PAGES))
def test_page_opens_by_a_deep_link_and_fits_a_phone(context: BrowserContext, app_url: str, name: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 400, "height": 800})
    open_page(page, f"{app_url}/{name}")
    expect(page.locator("h1").first).to_have_text(re.compile(name or "See how", re.IGNORECASE))
    still(page)
    overflow = page.evaluate(
        """() => { const main = document.querySelector('[data-testid="stMain"]');
                   return main.scrollWidth - main.clientWidth }"""
    )
    assert overflow <= 1, f"{name or 'overview'} is {overflow} px too wide"
    assert_calm(page)


def test_choice_survives_page_switch_and_reload(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/?data=digits&run=digits&epoch=2")
    page.get_by_role("link", name="Dataset").first.click()
    expect(page.locator("h1")).to_have_text("Dataset")
    settled(page)
    expect(page).to_have_url(re.compile(r"data=digits.*run=digits.*epoch=2"))
    page.reload()
    settled(page)
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("Handwritten digits")
    expect(page).to_have_url(re.compile(r"epoch=2"))


def test_the_sidebar_says_where_the_snapshot_changes_nothing(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("Nothing on this page depends on it.")).to_be_visible()
    page.get_by_role("link", name="Predictions").first.click()
    expect(page.locator("h1")).to_have_text("Predictions")
    settled(page)
    expect(sidebar.get_by_text("depends on it")).to_have_count(0)


def test_nonsense_link_is_answered_with_a_sentence(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/?data=mnist&epoch=banana")
    expect(page.get_by_test_id("stAlertContentWarning")).to_have_count(2)


def test_visitor_gets_an_identity_no_script_can_read(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["convscope_owner"]["httpOnly"]
    assert "convscope_owner" not in page.evaluate("document.cookie")


def test_overview_shows_a_picture_per_stop_and_leads_on(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    pictures = page.locator(".route img")
    expect(pictures).to_have_count(6)
    for picture in pictures.all():
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    page.get_by_text("What can nine numbers find?").click(force=True)  # the link lies over the whole card
    expect(page.locator("h1")).to_have_text("Kernels")
    settled(page)


def test_what_overview_is_drawn_with_is_asked_for_with_the_page(page: Page, app_url: str) -> None:
    """Else the picture comes in as many steps as it has kinds of elements."""
    open_page(page, app_url)
    asked = page.evaluate("""() => performance.getEntriesByType('resource')
      .filter(({ name }) => name.includes('/static/js/')).map(({ name }) => name.split('/').pop())""")
    named = page.request.get(app_url, headers={"accept": "text/html"}).text()
    assert len(asked) > 80
    assert [name for name in asked if name not in named] == []


def test_own_typeface_is_used(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    assert page.evaluate("document.fonts.check('16px \"Plex Sans\"')")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Plex Sans"')
