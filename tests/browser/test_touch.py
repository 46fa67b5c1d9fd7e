"""Every component under a finger: a tap does what a click does, and a swipe that begins on it scrolls the page.

Where a part is dragged by design, the page says how one scrolls past it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import eventually, open_page, settled, still
from tests.browser.server import ROOT

ELSEWHERE = {"tour": "buttons of the browser's own, see test_tour.py", "glossary": "see test_glossary.py"}
"""Components that no row of `TOUCHES` names, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One component under a finger.

    Attributes:
        name: the component's, of its folder.
        root: the component's root.
        part: what is tapped in it; empty where there is nothing to tap.
        at: where in it, in shares of its width and height.
        other: another part, or the same at `elsewhere`, that is clicked before `part` is clicked as it was tapped.
        elsewhere: where in `other`.
        seen: JavaScript, what a tap changes, told from the root.
        held: a part that a finger drags.
        free: where beside it a finger scrolls, a part and a place in it; empty for `part` at `at`.
        told: the words that say so.
    """

    name: str
    root: str
    part: str = ""
    at: tuple[float, float] = (0.5, 0.5)
    other: str = ""
    elsewhere: tuple[float, float] = (0.5, 0.5)
    seen: str = "''"
    held: str = ""
    free: tuple[str, tuple[float, float]] = ("", (0.5, 0.5))
    told: str = ""


CHOSEN = "String([...root.querySelectorAll('.chosen')].map((each) => each.outerHTML.slice(0, 120)))"
LINES = "root.querySelector('.lines').textContent"
CHART = {"part": ".plot canvas", "at": (0.3, 0.5), "elsewhere": (0.7, 0.5)}

TOUCHES: dict[str, tuple[Touch, ...]] = {
    "dataset": (
        Touch(name="mosaic", root=".mosaic", part=".cell >> nth=6", other=".cell >> nth=2", seen=CHOSEN),
        Touch(
            name="closeup", root=".closeup", part=".frame >> nth=0", at=(0.2, 0.3), elsewhere=(0.8, 0.6),
            seen="root.querySelector('.reading').textContent",
        ),
    ),
    "": (
        Touch(
            name="flow", root=".flow[data-drawn]", part=".map >> nth=9", other=".close",
            seen="root.querySelector('.panel b')?.textContent ?? ''",
        ),
        Touch(name="route", root=".drawing"),
    ),
    "kernels": (
        Touch(
            name="stage", root=".stage", part='[data-picture="input"]', at=(0.6, 0.5), elsewhere=(0.3, 0.3),
            seen="root.querySelector('[data-text=patch-caption]').textContent.split(':')[0]",
            held='[data-picture="input"] .held', free=('[data-picture="input"]', (0.04, 0.5)),
            told="a finger scrolls at a picture’s edge",
        ),
    ),
    "network": (
        Touch(name="builder", root=".builder", part=".volume >> nth=1", other=".volume >> nth=2", seen=CHOSEN),
        Touch(
            name="pooling", root=".pooling", part=".whole .frame", at=(0.9, 0.9), elsewhere=(0.2, 0.2),
            seen="root.querySelector('.whole .frame').ariaValueText", held=".whole .lens",
            free=(".whole .frame", (0.97, 0.5)), told="beside it a finger scrolls",
        ),
    ),
    "learning": (
        Touch(
            name="step", root=".step", part=".cells button >> nth=4", other=".cells button >> nth=2", seen=CHOSEN
        ),
    ),
    "learning?learning.view=Slope": (
        Touch(
            name="slope", root=".slope", part=".picture canvas", at=(0.3, 0.5), elsewhere=(0.7, 0.5),
            seen="root.dataset.place",
        ),
    ),
    "learning?learning.view=Way+back": (
        Touch(
            name="back", root=".back", part=".pane >> nth=0", at=(0.3, 0.3), elsewhere=(0.7, 0.7),
            seen="root.querySelector('.reading').textContent",
        ),
    ),
    "learning?learning.view=Landscape": (
        Touch(
            name="landscape", root=".landscape", part=".map canvas", at=(0.4, 0.6), elsewhere=(0.6, 0.3),
            seen="root.querySelector('.map canvas').ariaLabel",
        ),
    ),
    "learning?learning.view=Settings": (Touch(name="settings", root=".settings", **CHART, seen=LINES),),
    "training?data=digits": (
        Touch(name="live", root=".live", **CHART, seen="root.querySelector('.under .at').textContent"),
    ),
    "training?data=digits&training.view=Compare": (Touch(name="compare", root=".comparison", **CHART, seen=LINES),),
    "training?data=digits&training.view=Time+machine": (
        Touch(name="timemachine", root=".machine", **CHART, seen="root.dataset.epoch"),
    ),
    "predictions?data=digits&predictions.view=Confusion": (
        Touch(name="confusion", root="table:has(.cell)", part='[data-at="1,1"]', other='[data-at="2,2"]', seen=CHOSEN),
    ),
    "predictions?data=digits&predictions.view=Map": (
        Touch(
            name="map", root=".map:has(canvas)", part="canvas", at=(0.289, 0.315), elsewhere=(0.51, 0.578),
            seen="location.search",
        ),
    ),
    "activations?activations.view=Filter": (
        Touch(
            name="climb", root=".climb:has([data-drawn])", part=".ride input", at=(0.3, 0.5), elsewhere=(0.7, 0.5),
            seen="root.dataset.step", free=("canvas", (0.5, 0.5)),
        ),
    ),
    "classify": (
        Touch(
            name="cropper", root=".cropper", held=".middle", free=(".square", (0.15, 0.5)),
            told="beside them a finger scrolls",
        ),
    ),
}  # fmt: skip


def test_every_component_is_tried() -> None:
    folders = {
        path.parent.name
        for path in Path(ROOT, "pages").rglob("__init__.py")
        if "component(__file__" in path.read_text()
    }
    assert folders == {touch.name for touches in TOUCHES.values() for touch in touches} | set(ELSEWHERE)


def spot(part: Locator, at: tuple[float, float]) -> tuple[float, float]:
    """Scroll a part to the middle of the window; return a place in it, in pixels of the window."""
    part.evaluate("part => part.scrollIntoView({block: 'center'})")
    still(part.page)
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1]


def assert_a_swipe_scrolls(page: Page, x: float, y: float, *, does: bool = True) -> None:
    """Draw a finger up or down from a place of the window, where there is room; the page scrolls by it, or stays."""
    main = page.locator("[data-testid=stMain]")
    top, room = main.evaluate("main => [main.scrollTop, main.scrollHeight - main.clientHeight - main.scrollTop]")
    by = 200 if room > top else -200
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        points = [{"x": x, "y": y - by * step / 10}]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    still(page)

    def moved() -> None:
        assert (abs(main.evaluate("main => main.scrollTop") - top) > 100) == does

    eventually(moved)


def assert_a_tap_does_what_a_click_does(page: Page, touch: Touch) -> None:
    root, seen = page.locator(touch.root).first, f"root => {touch.seen}"
    part, other = root.locator(touch.part).first, root.locator(touch.other or touch.part).first
    before = root.evaluate(seen)
    page.touchscreen.tap(*spot(part, touch.at))

    def tapped() -> None:
        assert root.evaluate(seen) != before, touch.name

    eventually(tapped)
    settled(page)
    after = root.evaluate(seen)
    page.mouse.click(*spot(other, touch.elsewhere))

    def changed() -> None:
        assert root.evaluate(seen) != after, touch.name

    eventually(changed)
    settled(page)
    page.mouse.click(*spot(part, touch.at))

    def clicked() -> None:
        assert root.evaluate(seen) == after, touch.name

    eventually(clicked)
    settled(page)


@pytest.mark.parametrize("address", TOUCHES)
def test_a_tap_is_a_click_and_a_swipe_scrolls(phone: Page, app_url: str, address: str) -> None:
    open_page(phone, f"{app_url}/{address}")
    for touch in TOUCHES[address]:
        root = phone.locator(touch.root).first
        expect(root).to_be_visible(timeout=40_000)
        expect(phone.locator('[data-testid="stBidiComponentIsolated"]:not([data-drawn])')).to_have_count(0)
        settled(phone)
        seen = f"root => {touch.seen}"
        part, at = touch.free if touch.free[0] else (touch.part or "*", touch.at)
        before = root.evaluate(seen)
        assert_a_swipe_scrolls(phone, *spot(root.locator(part).first, at))
        assert root.evaluate(seen) == before, f"{touch.name}: whoever scrolls past changes it"
        if touch.held:
            held = root.locator(touch.held).first
            box = held.bounding_box()
            assert box and min(box["width"], box["height"]) >= 24, touch.name
            assert_a_swipe_scrolls(phone, *spot(held, (0.5, 0.5)), does=False)
            expect(phone.get_by_test_id("stMain")).to_contain_text(re.compile(touch.told))
        if touch.part:
            assert_a_tap_does_what_a_click_does(phone, touch)


def test_on_the_image_a_finger_changes_it_and_beside_it_it_scrolls(phone: Page, app_url: str) -> None:
    """Overview's image, once it is to be changed."""
    open_page(phone, app_url)
    expect(phone.locator(".flow[data-drawn]")).to_be_visible()
    phone.get_by_role("button", name="Change image").tap()
    expect(phone.locator(".tools")).to_contain_text("beside it a finger scrolls")
    assert_a_swipe_scrolls(phone, *spot(phone.locator(".tools .told"), (0.5, 0.5)))
    image = phone.locator(".changing .map").first
    assert_a_swipe_scrolls(phone, *spot(image, (0.5, 0.5)), does=False)


def test_the_route_is_taken_by_a_tap(phone: Page, app_url: str) -> None:
    open_page(phone, app_url)
    phone.locator(".drawing a").nth(1).tap()
    expect(phone).to_have_title("Kernels · Convscope")
