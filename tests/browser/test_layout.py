"""Every page in a hall, under browser zoom and on a phone: what stands on the first screen, how large, how calmly."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from pages import registry
from tests.browser.conftest import assert_calm, go_on, open_page, settled, still
from tests.browser.paper import assert_prints_whole

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
      const upright = getComputedStyle(element).writingMode === 'horizontal-tb' && !element.closest('svg'); // may turn
      if (narrow && upright) found.broken.push(own.slice(0, 30));
    }
  };
  walk(document);
  const main = document.querySelector('[data-testid="stMain"]');
  const insight = document.querySelector('.lesson-insight');
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  found.tight = [...document.querySelectorAll('[data-testid="stElementContainer"][width$="px"]')].filter((widget) => {
    const wanted = Math.min(parseFloat(widget.getAttribute('width')) * rem / 16, widget.parentElement.clientWidth);
    return widget.checkVisibility() && widget.clientWidth < wanted - 1;
  }).map((widget) => widget.className);
  return {...found, overflow: main.scrollWidth - main.clientWidth,
          insight: insight && insight.getBoundingClientRect().bottom + main.scrollTop};
}"""

PAGES = ("", "dataset", "kernels", "network", "learning", "training", "predictions", "activations", "classify")
VIEWS = (
    "kernels?kernels.view=Learned",
    *(f"learning?learning.view={view}" for view in ("Slope", "Way+back", "Landscape", "Settings")),
    "training?training.view=Compare",
    "training?training.view=Time+machine",
    "predictions?predictions.view=Confusion&predictions.true=cat&predictions.answer=dog",
    "predictions?predictions.view=Confidence",
    "predictions?predictions.view=Compare",
    "predictions?predictions.view=Map",
    "activations?activations.view=Network",
    "activations?activations.view=Filter",
    "activations?activations.view=Depth",
)
"""Views of a page that are no page of their own."""


SHIFTS = """
window.shifts = [];
const name = (node) => node?.parentElement?.closest('[class*="st-key-"], [data-testid]')?.className ?? 'gone';
new PerformanceObserver((list) => {
  for (const each of list.getEntries())
    if (!each.hadRecentInput) shifts.push([each.value, ...each.sources.map(({ node }) => name(node))]);
}).observe({ type: 'layout-shift', buffered: true });
"""
"""What moves without a visitor's doing: each jump with how much of the window it concerns, and what moved."""

STANDS = """() => new Promise((done) => {
  const begun = performance.now();
  const undrawn = '[data-testid="stBidiComponentIsolated"]:not([data-drawn]), [data-testid="stSkeleton"]';
  let before = 0, calm = 0;
  const look = () => {
    calm = document.querySelector(undrawn) || shifts.length !== before ? 0 : calm + 1;
    before = shifts.length;
    calm > 45 || performance.now() - begun > 10000 ? done() : requestAnimationFrame(look);
  };
  look();
})"""
"""Waits until every component is drawn, and nothing has jumped for the frames of three quarters of a second since."""

ARRIVE = """together => {
  WebSocket = class extends WebSocket {
    addEventListener(type, take, ...rest) {
      if (type !== "message") return super.addEventListener(type, take, ...rest);
      const held = [];
      let next = null;
      const hand = () => {
        for (const message of held.splice(0, together ? held.length : 1)) take.call(this, message);
        next = held.length ? setTimeout(hand, 30) : null;
      };
      super.addEventListener(type, (message) => {
        held.push(message);
        if (together) clearTimeout(next);
        if (together || !next) next = setTimeout(hand, together ? 400 : 30);
      }, ...rest);
    }
  };
}"""
"""Lets what the server draws arrive piece by piece, each seen before the next, or all at once, as on a busy machine."""

WRITTEN = """
window.written = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (words, ...place) {
  const px = parseFloat(this.font.match(/[0-9.]+px/)[0]) * this.getTransform().a;
  written.push([String(words), px / devicePixelRatio]);
  return fillText.call(this, words, ...place);
};
"""
"""What is written on canvases, and how large, in CSS pixels."""


def _measured(page: Page, size: tuple[int, int]) -> dict[str, Any]:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    still(page)
    measured: dict[str, Any] = page.evaluate(MEASURE, SMALLEST_PX.get(size, 0))
    return measured


def _assert_nothing_jumped(page: Page) -> None:
    page.evaluate(STANDS)
    shifts = page.evaluate("shifts.splice(0)")
    assert sum(value for value, *_ in shifts) < 0.02, "\n".join(map(str, shifts))


@pytest.mark.cifar10
def test_nothing_jumps_where_the_typeface_comes_late(newcomer: BrowserContext, cifar10_url: str) -> None:
    def late(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    page = newcomer.new_page()
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    page.add_init_script(SHIFTS)
    page.route(re.compile(r"\.woff2"), late)
    open_page(page, f"{cifar10_url}/activations")
    page.locator(".lesson-insight").first.wait_for()
    _assert_nothing_jumped(page)


@pytest.mark.cifar10
@pytest.mark.parametrize("name", PAGES + VIEWS)
def test_first_screen_holds_the_sentence_nothing_jumps_and_nothing_is_cut(
    newcomer: BrowserContext, cifar10_url: str, name: str
) -> None:
    page = newcomer.new_page()
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    page.add_init_script(SHIFTS + WRITTEN)
    open_page(page, f"{cifar10_url}/{name}")
    page.locator(".lesson-insight").first.wait_for()
    _assert_nothing_jumped(page)  # on a first visit
    for size in (PROJECTOR, LARGE, *ZOOMED):
        measured = _measured(page, size)
        assert measured["small"] == [], size
        written = page.evaluate("written.splice(0)")
        assert [(words, px) for words, px in written if px < SMALLEST_PX.get(size, 0) - 0.5] == [], size
        assert measured["wide"] == [], size
        assert measured["broken"] == [], size
        assert measured["tight"] == [], size
        assert measured["overflow"] <= 1, size
        if size in SMALLEST_PX:
            assert measured["insight"] <= size[1], size
    _measured(page, PROJECTOR)
    assert_prints_whole(page)
    assert_calm(page)


@pytest.mark.parametrize("data", ["cifar10-sample", "digits"])
def test_first_screen_holds_the_sentence_whatever_the_data(page: Page, app_url: str, data: str) -> None:
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    open_page(page, f"{app_url}/?data={data}")
    low = {}
    for name in (name for name in PAGES + VIEWS if "=cat" not in name):  # digits are no cats
        go_on(page, f"{app_url}/{name}{'&' if '?' in name else '?'}data={data}")
        page.locator(".lesson-insight").first.wait_for()
        settled(page)
        measured = _measured(page, PROJECTOR)
        if measured["insight"] > PROJECTOR[1] or measured["overflow"] > 1:
            low[name] = measured["insight"], measured["overflow"]
    assert low == {}


LESSON = tuple(page.name for page in registry.PAGES)
FOLLOW = """name => [...document.querySelectorAll('[data-testid="stSidebarNavLink"]')]
    .find((link) => new URL(link.href).pathname === `/${name}`).click()"""
"""Follows a link of the sidebar without input: what moves within half a second of input does not count."""


def _address(name: str) -> str:
    return "" if name == LESSON[0] else name


@pytest.mark.cifar10
@pytest.mark.parametrize("together", [False, True], ids=["arriving piece by piece", "arriving all at once"])
def test_nothing_jumps_from_page_to_page_and_each_tab_has_its_title(
    newcomer: BrowserContext, cifar10_url: str, together: bool
) -> None:
    page = newcomer.new_page()
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    page.add_init_script(f"{SHIFTS}\n({ARRIVE})({str(together).lower()})")
    open_page(page, cifar10_url)
    page.evaluate("shifts.splice(0)")
    for name in (*LESSON[1:], LESSON[0]):
        page.evaluate(FOLLOW, _address(name))
        expect(page).to_have_title(f"{name.capitalize()} · Convscope")
        settled(page)
        _assert_nothing_jumped(page)
    assert_calm(page)


def test_each_page_leads_on_to_the_next_without_a_reload(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/?data=digits&run=digits&epoch=2")
    page.evaluate("window.sameTab = true")
    for name in (*LESSON[1:], LESSON[0]):
        onward = "Back to the overview" if name == LESSON[0] else f"Next: {name.capitalize()}"
        page.get_by_test_id("stMain").get_by_role("link", name=onward, exact=True).click()
        expect(page).to_have_title(f"{name.capitalize()} · Convscope")
        settled(page)
        expect(page).to_have_url(re.compile(rf"/{_address(name)}\?data=digits&run=digits&epoch=2"))
    assert page.evaluate("window.sameTab")


def test_sidebar_folds_where_the_window_is_narrow_and_whoever_opens_it_keeps_it(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 853, "height": 480})
    open_page(page, f"{app_url}/network")
    unfold = page.get_by_test_id("stExpandSidebarButton")
    expect(unfold).to_be_visible()
    assert page.get_by_test_id("stMain").bounding_box() == {"x": 0, "y": 0, "width": 853, "height": 480}
    unfold.click()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Dataset").click()
    expect(page.locator("h1")).to_have_text("Dataset")
    settled(page)
    expect(page.get_by_role("combobox", name="Data set")).to_be_visible()
    columns = [column.bounding_box() for column in page.get_by_test_id("stColumn").all()[:2]]
    assert columns[0] and columns[1] and columns[1]["y"] >= columns[0]["y"] + columns[0]["height"]
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_viewport_size({"width": 640, "height": 360})
    expect(unfold).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 720})  # there is room again
    expect(page.get_by_role("combobox", name="Data set")).to_be_visible()
    page.get_by_test_id("stSidebarHeader").hover()
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    for width in (640, 1280):  # folded by hand it stays so
        page.set_viewport_size({"width": width, "height": 720})
        expect(unfold).to_be_visible()
        still(page)


RING = """() => {
  const focused = document.activeElement;
  const ring = [focused, ...['[role="group"]', 'label', 'div'].map((each) => focused.closest(each))]
    .map((each) => each && getComputedStyle(each)).find((style) => style?.outlineStyle === 'solid');
  return ring && [ring.outlineWidth, ring.outlineOffset];
}"""


@pytest.mark.parametrize("look", ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}))
def test_keyboard_shows_where_it_is(browser: Browser, app_url: str, look: dict[str, Any]) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 720}, **look) as visitor:
        page = visitor.new_page()
        open_page(page, f"{app_url}/network")
        page.get_by_test_id("stLogoLink").focus()
        for _ in range(len(LESSON)):
            page.keyboard.press("Tab")
            assert page.evaluate(RING) == ["2px", "-2px"]
        for _ in ("Data set", "Run"):
            page.keyboard.press("Tab")
            assert page.evaluate(RING) == ["2px", "2px"]


ON_PAPER = ("dataset", "", "network", "learning?learning.view=Way+back", "training", "predictions")
TO_DO = ("stButton", "stDownloadButton", "stFileUploader", "stPopover", "stPageLink", "stSliderTickBar")
PALE = """() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true }), found = [];
  const light = (color) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, opacity] = pen.getImageData(0, 0, 1, 1).data;
    return opacity < 128 ? null : (2 * red + 7 * green + blue) / 2550;
  };
  const ground = (at) => {
    if (!at) return 1;
    return light(getComputedStyle(at).backgroundColor) ?? ground(at.parentElement ?? at.getRootNode().host);
  };
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) || !own || !element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const ink = light(element instanceof SVGElement ? style.fill : style.color) ?? 0;
      if (ground(element) > 0.85 && ink > 0.65) found.push(element.textContent.trim().slice(0, 30));
    }
  };
  walk(document.querySelector('[data-testid="stMainBlockContainer"]'));
  return [found, ground(document.querySelector('[data-testid="stMainBlockContainer"]'))];
}"""
"""Words that are hardly darker than the paper below them, and how light that is."""


@pytest.mark.parametrize("name", ON_PAPER)
def test_paper_shows_the_page_without_the_frame_around_it(page: Page, app_url: str, name: str) -> None:
    page.emulate_media(color_scheme="dark")  # paper is white all the same
    open_page(page, f"{app_url}/{name}")
    page.locator(".lesson-insight").first.wait_for()
    page.set_viewport_size({"width": 703, "height": 1030})  # an A4 sheet between its margins
    page.emulate_media(media="print")
    for frame in ("stSidebar", "stHeader", *TO_DO):
        expect(page.get_by_test_id(frame).locator("visible=true")).to_have_count(0)
    expect(page.locator(".lesson-insight").first).to_be_visible()
    still(page)
    measured = page.evaluate(MEASURE, 0)
    assert (measured["wide"], measured["broken"]) == ([], [])
    assert page.evaluate(PALE) == [[], 1]
    box = page.get_by_test_id("stMainBlockContainer").bounding_box()
    assert box and (box["x"], box["width"]) == (0, 703)
    assert page.evaluate("document.documentElement.scrollHeight") >= box["height"] > 500
    for picture in page.locator(".st-key-overview-network").all():  # no room left for a window's height
        flow, all_of_it = picture.locator(".flow").bounding_box(), picture.bounding_box()
        assert flow and all_of_it and all_of_it["height"] < flow["height"] + 120
