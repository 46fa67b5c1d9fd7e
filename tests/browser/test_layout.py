"""Every page in a hall, under browser zoom and on a phone: what stands on the first screen, how large, how calmly."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import assert_calm, open_page, settled, still

PROJECTOR, LARGE = (1280, 720), (1920, 1080)
ZOOMED = ((853, 480), (640, 360), (390, 844))
"""A 1280 x 720 window at 150 % and 200 % of browser zoom, and a phone."""

SMALLEST_PX = {PROJECTOR: 14.0, LARGE: 16.0}
"""Type on a projector; half a pixel less comes of rounding."""

MEASURE = """smallest => {
  const found = {small: [], wide: [], broken: []};
  const shown = (element) => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const parent = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const scrolls = (node) => {
    for (let at = node; at && at.dataset?.testid !== 'stMain'; at = parent(at))
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (['SCRIPT', 'STYLE', 'OPTION', 'TITLE'].includes(element.tagName)) continue;
      const texts = [...element.childNodes].filter((node) => node.nodeType === 3);
      const own = texts.map((node) => node.data.trim()).join(' ').trim();
      const box = element.getBoundingClientRect();
      if (!own || box.width < 2 || box.height < 2 || box.right < 1 || !shown(element)) continue;
      const type = parseFloat(getComputedStyle(element).fontSize), words = own.split(/[\\s\\u00ad\\u200b]+/);
      const scale = element.closest('svg')?.getScreenCTM?.()?.a ?? 1;
      if (type * scale < smallest - 0.5) found.small.push(`${(type * scale).toFixed(1)} ${own.slice(0, 30)}`);
      if (box.right > innerWidth + 1 && !scrolls(element)) found.wide.push(own.slice(0, 30));
      const letters = Math.max(...words.map((word) => word.length));
      const narrow = letters > 3 && box.height > type * 2.4 && box.width < type * 2;
      if (narrow && getComputedStyle(element).writingMode === 'horizontal-tb') found.broken.push(own.slice(0, 30));
    }
  };
  walk(document);
  const main = document.querySelector('[data-testid="stMain"]');
  const insight = document.querySelector('.lesson-insight');
  return {...found, overflow: main.scrollWidth - main.clientWidth,
          insight: insight && insight.getBoundingClientRect().bottom + main.scrollTop};
}"""

PAGES = ("", "dataset", "kernels", "network", "training", "activations")


def _measured(page: Page, size: tuple[int, int]) -> dict[str, Any]:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    still(page)
    measured: dict[str, Any] = page.evaluate(MEASURE, SMALLEST_PX.get(size, 0))
    return measured


@pytest.mark.cifar10
@pytest.mark.parametrize("name", PAGES)
def test_first_screen_holds_the_sentence_and_nothing_is_cut(
    context: BrowserContext, cifar10_url: str, name: str
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    open_page(page, f"{cifar10_url}/{name}")
    settled(page)
    page.locator(".lesson-insight").first.wait_for()
    for size in (PROJECTOR, LARGE, *ZOOMED):
        measured = _measured(page, size)
        assert measured["small"] == [], size
        assert measured["wide"] == [], size
        assert measured["broken"] == [], size
        assert measured["overflow"] <= 1, size
        if size in SMALLEST_PX:
            assert measured["insight"] <= size[1], size
    assert_calm(page)
