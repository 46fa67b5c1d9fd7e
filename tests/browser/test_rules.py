"""The rules that every response carries, held in a real browser: nothing on any page breaks them."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import eventually, open_page, settled
from tests.browser.test_shell import PAGES

RECORD = """
window.violations = [];
addEventListener("securitypolicyviolation",
                 ({effectiveDirective, blockedURI, sourceFile}) =>
                     window.violations.push([effectiveDirective, blockedURI, sourceFile].join(" ")));
"""


@pytest.fixture
def watched(page: Page) -> Page:
    page.add_init_script(RECORD)
    return page


@pytest.mark.parametrize("name", ("", *PAGES))
def test_no_page_breaks_the_rules(watched: Page, app_url: str, name: str) -> None:
    open_page(watched, f"{app_url}/{name}?run=digits&data=digits")
    for summary in watched.get_by_test_id("stExpander").locator("summary").all():  # Plotly is behind one of them
        summary.click()
        settled(watched)
    assert watched.evaluate("window.violations") == []


def test_large_picture_is_computed_in_a_worker_under_the_rules(watched: Page, app_url: str) -> None:
    address = f"{app_url}/kernels?kernels.picture=Photo&kernels.stage=kernel_gaussian.7_color_gray"
    with watched.expect_worker() as started:
        open_page(watched, address)
    assert started.value.evaluate("1 + 1") == 2
    assert watched.evaluate("window.violations") == []


def test_rules_stop_a_script_written_into_a_page(context: BrowserContext, app_url: str) -> None:
    """The rules are in force: what a hole in the page's escaping would let in does not run."""
    page = context.new_page()
    page.add_init_script(RECORD)
    open_page(page, app_url)
    page.evaluate("""() => {
        const image = document.createElement("img");
        image.setAttribute("onerror", "window.stolen = true");
        image.src = "data:,";
        document.body.append(image);
        const script = document.createElement("script");
        script.textContent = "window.stolen = true";
        document.body.append(script);
    }""")

    def check() -> None:
        assert len(page.evaluate("window.violations")) == 2

    eventually(check)
    assert page.evaluate("window.stolen") is None
