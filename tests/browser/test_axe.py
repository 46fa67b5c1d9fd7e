"""No page breaks a rule of WCAG 2.2, levels A and AA, or a best practice, as axe-core checks them."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from pages.registry import PAGES
from tests.browser.conftest import open_page, still

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 400, 1920)
VIEWS = (
    *(f"learning?learning.view={view}" for view in ("Slope", "Way+back", "Landscape", "Settings")),
    *(f"activations?activations.view={view}" for view in ("Filter", "Depth")),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["", *(page.name for page in PAGES[1:]), *VIEWS])
def test_no_violation(context: BrowserContext, app_url: str, name: str, scheme: Literal["light", "dark"]) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    open_page(page, f"{app_url}/{name}")
    page.locator(".lesson-insight").first.wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], width


@pytest.mark.parametrize(
    "view", ["Confusion&predictions.true=two&predictions.answer=two", "Confidence", "Compare", "Map"]
)
def test_no_violation_in_a_view(page: Page, app_url: str, view: str) -> None:
    """On a projector, light and dark; what all pages share was looked at above."""
    open_page(page, f"{app_url}/predictions?data=digits&predictions.view={view}")
    page.locator(".lesson-insight").first.wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme


def violations(page: Page) -> list[tuple[str, str]]:
    still(page)
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
