"""No page breaks a rule of WCAG 2.2, levels A and AA, or a best practice, as axe-core checks them."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from pages.registry import PAGES
from tests.browser.conftest import assert_calm, go_on, open_page, still, watched

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES = {"light": RULES, "dark": ["color-contrast", "link-in-text-block"]}
"""What is asked in each: nothing but colors differs."""

WIDTHS = (1280, 400, 1920)
VIEWS = (
    *(f"kernels?kernels.view={view}" for view in ("Random", "Learned")),
    *(f"learning?learning.view={view}" for view in ("Slope", "Way+back", "Landscape", "Settings")),
    *(f"training?data=digits&training.view={view}" for view in ("Compare", "Time+machine")),
    *(f"predictions?data=digits&predictions.view={view}" for view in ("Confidence", "Compare", "Map")),
    "predictions?data=digits&predictions.view=Confusion&predictions.true=two&predictions.answer=two",
    *(f"activations?activations.beside={beside}" for beside in ("close-up", "kernels")),
    *(f"activations?activations.view={view}" for view in ("Network", "Filter", "Depth")),
)
"""Views of a page that are no page of their own."""


@pytest.fixture(scope="module")
def tab(desks: BrowserContext, app_url: str) -> Iterator[Page]:
    """The tab in which all of them are opened."""
    with watched(desks.new_page()) as page:
        open_page(page, app_url)
        yield page
        page.close()


@pytest.mark.parametrize("name", ["", *(page.name for page in PAGES[1:]), *VIEWS])
def test_no_violation(tab: Page, app_url: str, name: str) -> None:
    go_on(tab, f"{app_url}/{name}")
    tab.locator(".lesson-insight").first.wait_for()
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in SCHEMES.items():
            tab.emulate_media(color_scheme=scheme)
            assert violations(tab, rules) == [], (width, scheme)
    assert_calm(tab)


def violations(page: Page, rules: list[str] = RULES) -> list[tuple[str, str]]:
    """Return what breaks the rules on the page as it is shown now: the rule, and the first element that does."""
    still(page)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(({violations}) => violations)", options)
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
