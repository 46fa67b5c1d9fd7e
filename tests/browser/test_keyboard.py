"""Every component by keyboard alone: Tab reaches it, arrows walk, Enter chooses, and a ring says where one is."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import eventually, open_page, settled

FOCUSED = "let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
RING = f"""() => {{ {FOCUSED}
  const ringed = [at, ...at.querySelectorAll('canvas')].map((element) => getComputedStyle(element));
  return ringed.filter((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
               .map((style) => style.outlineColor);
}}"""
UNNAMED = """root => [...root.querySelectorAll('canvas, img, svg')].filter((picture) => {
  const told = picture.closest('[aria-label], [aria-hidden="true"]') || picture.alt || picture.hasAttribute('alt');
  return picture.checkVisibility() && !told;
}).map((picture) => picture.outerHTML.slice(0, 80))"""
SMALL = """root => [...root.querySelectorAll('button, select, input, [role="button"]:not(g)')].filter((target) => {
  const box = (target.closest('label') ?? target).getBoundingClientRect();
  return target.checkVisibility() && (box.width < 23.5 || box.height < 23.5);
}).map((target) => `${target.clientWidth} x ${target.clientHeight} ${target.outerHTML.slice(0, 80)}`)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One component under the keyboard.

    Attributes:
        address: the page, with what shows the component.
        root: the component's root.
        stop: what the Tab key reaches in it.
        seen: JavaScript, what the arrow keys change, told from the root.
        arrow: an arrow key that has somewhere to go at first.
        choose: a key that does what a click does, where a click does more than pointing.
        done: a selector inside the root of what is there once it has.
    """

    address: str
    root: str
    stop: str
    seen: str
    arrow: str = "ArrowRight"
    choose: str = ""
    done: str = ""


FOCUS_IN = "root.getRootNode().activeElement.outerHTML.slice(0, 200)"
WALKS = {
    "mosaic": Walk(
        address="dataset", root=".mosaic", stop="button.cell", seen=FOCUS_IN, choose="Enter",
        done="[data-position='1'].chosen",
    ),
    "confusion": Walk(
        address="predictions?data=digits&run=digits&predictions.view=Confusion", root="table:has(.cell)",
        stop="button.cell", seen=FOCUS_IN,
        choose="Enter", done="[data-at='0,1'].chosen",
    ),
    "closeup": Walk(address="dataset", root=".closeup", stop=".frame", seen="root.dataset.drawn"),
    "stage": Walk(
        address="kernels", root=".stage", stop='[data-picture="input"]',
        seen="root.querySelector('[data-text=patch-caption]').textContent", choose="Enter",
        done='[data-text="patch-caption"]:text("held")',
    ),
    "builder": Walk(
        address="network", root=".builder", stop=".volume", seen=FOCUS_IN, choose="Enter", done=".row.chosen"
    ),
    "flow": Walk(address="", root=".flow[data-drawn]", stop=".map", seen="root.querySelector('.lens p').textContent"),
    "time machine": Walk(
        address="training?training.view=Time+machine", root=".machine", stop="canvas", seen="root.dataset.epoch",
        arrow="ArrowLeft", choose=" ", done="[aria-label=Pause]",
    ),
    "climb": Walk(
        address="activations?activations.view=Filter", root=".climb:has([data-drawn])", stop=".ride input",
        seen="root.dataset.step", arrow="ArrowLeft", choose=" ", done="[aria-label=Pause]",
    ),
    "compare": Walk(
        address="training?training.view=Compare", root=".comparison", stop="canvas",
        seen="root.querySelector('.lines').textContent", arrow="ArrowLeft",
    ),
    "cropper": Walk(
        address="classify", root=".cropper", stop=".square", seen="root.querySelector('.square').style.cssText"
    ),
    "step": Walk(
        address="learning", root=".step", stop=".cells button", seen=FOCUS_IN, choose="Enter",
        done=".cells button.chosen",
    ),
    "slope": Walk(address="learning?learning.view=Slope", root=".slope", stop="canvas", seen="root.dataset.place"),
    "way back": Walk(
        address="learning?learning.view=Way+back", root=".back", stop=".pane",
        seen="root.querySelector('.reading').textContent",
    ),
    "landscape": Walk(
        address="learning?learning.view=Landscape", root=".landscape", stop=".map canvas",
        seen="root.querySelector('.map canvas').ariaLabel",
    ),
    "pooling": Walk(
        address="network", root=".pooling", stop=".kept .tile", seen="root.querySelector('.sum').textContent"
    ),
}  # fmt: skip


def tab_to(page: Page, root: str, stop: str) -> None:
    """Press Tab, from the top of the page, until the focus is there."""
    page.evaluate("document.activeElement.blur()")
    reached = f"([inside, stop]) => {{ {FOCUSED} return Boolean(at?.matches(stop) && at.closest(inside)) }}"
    for _ in range(160):
        page.keyboard.press("Tab")
        if page.evaluate(reached, [root, stop]):
            return
    raise AssertionError(f"the Tab key does not reach {stop}")


@pytest.mark.parametrize("name", WALKS)
def test_component_by_keyboard_alone(page: Page, app_url: str, name: str) -> None:
    walk = WALKS[name]
    open_page(page, f"{app_url}/{walk.address}")
    root = page.locator(walk.root).first
    expect(root.locator(walk.stop).first).to_be_visible(timeout=40_000)
    settled(page)
    assert root.evaluate(UNNAMED) == []
    assert root.evaluate(SMALL) == []
    tab_to(page, walk.root, walk.stop)
    seen = f"root => {walk.seen}"
    before = root.evaluate(seen)
    page.keyboard.press(walk.arrow)

    def walked() -> None:
        assert root.evaluate(seen) != before
        assert page.evaluate(RING), "no ring says where the focus is"

    eventually(walked)
    if walk.choose:
        page.keyboard.press(walk.choose)
        expect(root.locator(walk.done).first).to_be_attached()


def test_ring_of_the_focus_does_not_look_like_the_choice(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset")
    mosaic = page.locator(".mosaic").first
    chosen = mosaic.locator(".cell.chosen canvas").evaluate("canvas => getComputedStyle(canvas).outlineColor")
    tab_to(page, ".mosaic", "button.cell")
    page.keyboard.press("ArrowRight")
    ring = page.evaluate(RING)
    assert ring and chosen not in ring
