"""No page breaks a rule of WCAG 2.2, levels A and AA, or a best practice, as axe-core checks them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages.registry import PAGES
from tests.browser.conftest import open_page, still

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


@pytest.mark.parametrize("name", ["", *(page.name for page in PAGES[1:]), *VIEWS])
def test_no_violation(page: Page, app_url: str, name: str) -> None:
    open_page(page, f"{app_url}/{name}")
    page.locator(".lesson-insight").first.wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            assert violations(page, rules) == [], (width, scheme)


def violations(page: Page, rules: list[str] = RULES) -> list[tuple[str, str]]:
    """Return what breaks the rules on the page as it is shown now: the rule, and the first element that does."""
    still(page)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(({violations}) => violations)", options)
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
