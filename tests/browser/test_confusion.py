"""The confusion matrix of many classes: a finger finds every cell, and what has no room scrolls in a box of its own."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from pages.predictions import confusion
from pages.shared import modules

FOLDER = Path(confusion.__file__).parent
SCRIPT = modules.script(FOLDER / "confusion.js")
STYLE = modules.style(FOLDER / "confusion.css")
SIZES = """root => [...root.querySelectorAll('.cell')].map((cell) => cell.getBoundingClientRect())
    .map(({ width, height }) => Math.min(width, height))"""


@pytest.mark.parametrize("classes", [3, 10, 14, 15, 43, 100])
@pytest.mark.parametrize("width", [358, 884])
def test_every_cell_is_large_enough_for_a_finger(page: Page, classes: int, width: int) -> None:
    page.set_viewport_size({"width": width + 32, "height": 800})
    page.set_content(f'<style>{STYLE}</style><div id="host" style="width: {width}px"></div>')
    counts = [[row + column for column in range(classes)] for row in range(classes)]
    data = {
        "counts": counts, "shares": [[0.5] * classes] * classes, "names": [f"class {n}" for n in range(classes)],
        "selected": None, "selectable": True, "percent": False,
    }  # fmt: skip
    host = page.locator("#host")
    host.evaluate(
        f"(parentElement, data) => {{ ({SCRIPT}).default({{ parentElement, data, setTriggerValue() {{}} }}); }}", data
    )
    assert len(host.evaluate(SIZES)) == classes**2
    assert min(host.evaluate(SIZES)) >= 24
    assert host.evaluate("host => host.scrollWidth - host.clientWidth") <= 4
    wide = host.locator(".scroller").evaluate("box => box.scrollWidth - box.clientWidth")
    assert wide <= 0 if classes <= 10 else wide > 0 or classes < 43
