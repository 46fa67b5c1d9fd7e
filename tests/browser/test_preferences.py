"""What a visitor's system asks for holds on every page and in every component: calm, contrast, colors of its own."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pages.registry import PAGES
from tests.browser.conftest import assert_calm, open_page, settled

OF_TRAINING = ("training?training.view=Compare", "training?training.view=Time+machine")
OF_PREDICTIONS = tuple(f"predictions?predictions.view={view}" for view in ("Confusion", "Confidence", "Compare"))
VIEWS = ("", *(page.name for page in PAGES[1:]), *OF_TRAINING, *OF_PREDICTIONS)

EVERYTHING = """
const everything = function* (root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
};
const all = (fits) => [...everything(document)].filter(fits);
const told = (element) => `${element.cloneNode().outerHTML.slice(0, 80)} ${element.textContent.slice(0, 30)}`;
"""

MOVING = f"""() => {{ {EVERYTHING}
  const ms = (time) => parseFloat(time) * (/[0-9]ms/.test(time) ? 1 : 1000);
  const longest = (times) => Math.max(...times.split(',').map(ms));
  const moves = ({{ animationName, animationDuration, transitionProperty, transitionDuration }}) =>
    (animationName !== 'none' && longest(animationDuration) > 10) ||
    (transitionProperty !== 'none' && longest(transitionDuration) > 10);
  const parts = [null, "::before", "::after"];
  return all((element) => parts.some((part) => moves(getComputedStyle(element, part)))).map(told);
}}"""
"""Elements that would move for more than 10 ms, if they moved."""

FAINT = f"""() => {{ {EVERYTHING}
  const above = (element) => element.parentElement ?? element.getRootNode().host;
  const share = (element) => (element ? getComputedStyle(element).opacity * share(above(element)) : 1);
  const shown = {{ opacityProperty: true, visibilityProperty: true }};
  const meant = ':disabled, [aria-hidden="true"], .none, .sign, .stop, [data-stale="true"]';
  return all((element) => {{
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return words && !element.closest(meant) && element.checkVisibility(shown) && share(element) < 1;
  }}).map(told);
}}"""
"""Words that shine through: less contrast than there could be."""

MARKS = f"""() => {{ {EVERYTHING}
  const opaque = (color) => !/, 0\\)|\\/ 0\\)|transparent/.test(color);
  const paper = getComputedStyle(document.querySelector('.stApp')).backgroundColor;
  const seen = (mark) => {{
    const {{ backgroundColor, backgroundImage }} = getComputedStyle(mark);
    return backgroundImage !== 'none' || (opaque(backgroundColor) && backgroundColor !== paper);
  }};
  window.marks ??= all((element) => element.matches('i:empty') && element.checkVisibility() && seen(element));
  return marks.filter((mark) => !seen(mark)).map((mark) => told(mark.parentElement));
}}"""
"""Bars, which are nothing but a color, that cannot be told from the paper; the first call remembers which there are."""

CHOSEN = f"""() => {{ {EVERYTHING}
  const solid = (color) => color.match(/[0-9]+/g).slice(0, 3); // of one forced color, a trace looks like nothing
  const look = (style) => [
    style.outlineStyle === 'none' || style.outlineWidth, style.borderStyle, style.borderWidth, style.fontWeight,
    style.textDecorationLine, solid(style.backgroundColor),
  ];
  const looks = (element) =>
    [element, ...element.querySelectorAll('canvas')].map((each) => look(getComputedStyle(each))).join();
  const chosen = '[aria-pressed="true"], [aria-checked="true"], [aria-current="page"]';
  return all((element) => element.matches(chosen) && element.checkVisibility()).filter((element) => {{
    const others = (element.closest('table, ul') ?? element.parentElement).querySelectorAll(element.localName);
    const other = [...others].find((each) => each !== element && !each.matches(chosen));
    return other && looks(other) === looks(element);
  }}).map(told);
}}"""
"""What is chosen, and looks like what is not."""


def _complaints(page: Page) -> dict[str, list[str]]:
    """Return what does not follow the system's wishes for contrast and colors on the page that is open."""
    page.evaluate(MARKS)
    found: dict[str, Any] = {}
    page.emulate_media(contrast="more")
    found["faint"] = page.evaluate(FAINT)
    page.emulate_media(contrast="no-preference", forced_colors="active")
    found |= {"invisible": page.evaluate(MARKS), "chosen": page.evaluate(CHOSEN)}
    return found


@pytest.mark.parametrize("address", VIEWS)
def test_calm_contrast_and_own_colors_are_respected(context: BrowserContext, app_url: str, address: str) -> None:
    page = context.new_page()
    open_page(page, f"{app_url}/{address}")
    expect(page.locator(".lesson-insight, .lines").first).to_be_visible(timeout=60_000)
    settled(page)
    assert {what: found for what, found in _complaints(page).items() if found} == {}
    page.get_by_role("combobox", name="Run", exact=True).click()
    assert page.evaluate(MOVING) == []  # what opens over the page is calm, too
    page.keyboard.press("Escape")
    assert_calm(page)
