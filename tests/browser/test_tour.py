"""The tour comes unasked once, to whom no link has sent somewhere, and when it is asked for."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from pages.overview.tour import STEPS
from tests.browser.conftest import assert_calm, open_page, settled


def tour(page: Page) -> Locator:
    """Open nothing; return the tour's card once Overview has drawn it, shown or not."""
    expect(page.locator(".tour :is(.again, section)").locator("visible=true")).to_have_count(1)
    settled(page)
    return page.get_by_role("region", name="Tour")


def test_it_comes_once_and_again_when_asked(context: BrowserContext, app_url: str) -> None:
    page = context.new_page()
    for address in ("?data=digits", "dataset"):  # links: whoever sent them wants something else to be seen
        open_page(page, f"{app_url}/{address}")
    page.get_by_role("link", name="Overview").first.click()
    expect(tour(page)).to_be_hidden()
    open_page(page, app_url)
    expect(tour(page)).to_be_visible()
    page.reload()
    expect(tour(page)).to_be_hidden()
    open_page(page, app_url)
    expect(tour(page)).to_be_hidden()
    page.get_by_role("button", name="Show me around").click()
    expect(tour(page)).to_be_visible()
    page.get_by_role("link", name="Dataset").first.click()
    expect(page.locator("h1")).to_have_text("Dataset")
    expect(page.locator("[data-toured]")).to_have_count(0)
    page.go_back()
    expect(tour(page)).to_be_hidden()
    assert_calm(page)


def test_by_keyboard_it_frames_what_it_speaks_of_and_ends_with_escape(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    card = tour(page)
    card.get_by_role("button", name="Next").focus()
    for said, selector in STEPS:
        expect(card).to_contain_text(said)
        expect(page.locator(f"{selector} >> nth=0")).to_have_attribute("data-toured", "")
        if said != STEPS[-1][0]:
            page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Done")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator("[data-toured]")).to_have_count(0)
    expect(page.get_by_role("button", name="Show me around")).to_be_focused()


def test_it_stays_away_where_nothing_can_be_remembered(context: BrowserContext, app_url: str) -> None:
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})")
    open_page(page, app_url)
    expect(tour(page)).to_be_hidden()
