"""A phone, with real touches: the chosen stands above the choice, swipes scroll, and taps are called taps."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import assert_calm, eventually, open_page, settled, still

POINTING = re.compile(r"\b(point(ing)? (at|and)|hover|arrow keys|click)\b", re.IGNORECASE)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    visitor = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = visitor.new_page()
    yield page
    assert_calm(page)
    visitor.close()


def top_of(found: Locator) -> float:
    box = found.first.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize(
    ("address", "chosen", "grid"),
    [
        ("dataset", ".closeup", ".mosaic"),
        ("predictions", ".lesson-facts", ".mosaic"),
        ("activations?activations.beside=close-up", ".closeup", ".mosaic >> nth=-1"),
        ("classify", "[data-testid=stColumn] img", ".mosaic"),
    ],
)
def test_chosen_image_stands_above_the_grid(phone: Page, app_url: str, address: str, chosen: str, grid: str) -> None:
    open_page(phone, f"{app_url}/{address}")
    expect(phone.locator(chosen).first).to_be_visible()
    expect(phone.locator(grid).first).to_be_visible()
    assert top_of(phone.locator(chosen)) < top_of(phone.locator(grid))
    assert top_of(phone.locator(chosen)) < 844


def test_number_of_the_image_is_whole(phone: Page, app_url: str) -> None:
    open_page(phone, f"{app_url}/dataset")
    more = phone.get_by_test_id("stNumberInputStepUp").last.bounding_box()
    assert more is not None and more["x"] + more["width"] <= 390 - 16


@pytest.mark.parametrize(
    "address", ["", "kernels", "kernels?kernels.view=Learned", "predictions", "network", "classify"]
)
def test_no_word_of_pointing_where_one_taps(phone: Page, app_url: str, address: str) -> None:
    open_page(phone, f"{app_url}/{address}")
    expect(phone.locator(".lesson-note, .lesson-insight").first).to_be_visible()
    settled(phone)
    assert POINTING.findall(phone.locator("[data-testid=stMain]").inner_text()) == []


def swipe(page: Page, x: float, y: float, by: float) -> None:
    """One finger down at a place of the window, up the page by so many pixels, and off."""
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        points = [{"x": x, "y": y - by * step / 10}]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("across", "scrolls"), [(0.06, True), (0.5, False)])
def test_page_scrolls_from_the_edges_of_the_stage_alone(
    phone: Page, app_url: str, across: float, scrolls: bool
) -> None:
    open_page(phone, f"{app_url}/kernels")
    picture = phone.locator('.stage [data-picture="input"]')
    expect(picture).to_have_attribute("aria-label", re.compile("Input"))
    box = picture.bounding_box()
    assert box is not None
    swipe(phone, box["x"] + box["width"] * across, box["y"] + box["height"] / 2, 200)
    main = phone.locator("[data-testid=stMain]")

    def moved() -> None:
        assert (main.evaluate("main => main.scrollTop") > 100) == scrolls

    eventually(moved)


@pytest.mark.parametrize(
    ("address", "picture", "handle", "away"),
    [
        ("classify", ".cropper .square", ".cropper .middle", (0.2, 0.5)),
        ("network", ".pooling .whole .frame", ".pooling .whole .lens", (0.97, 0.5)),
    ],
)
def test_page_scrolls_from_a_picture_whose_handle_alone_is_held(
    phone: Page, app_url: str, address: str, picture: str, handle: str, away: tuple[float, float]
) -> None:
    open_page(phone, f"{app_url}/{address}")
    expect(phone.locator(handle)).to_be_visible()
    settled(phone)
    main = phone.locator("[data-testid=stMain]")
    for part, (across, down), scrolls in ((handle, (0.5, 0.5), False), (picture, away, True)):
        phone.locator(picture).evaluate("picture => picture.scrollIntoView({block: 'center'})")
        still(phone)
        before = main.evaluate("main => main.scrollTop")
        box = phone.locator(part).bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 24
        swipe(phone, box["x"] + box["width"] * across, box["y"] + box["height"] * down, -200)

        def moved(before: float = before, scrolls: bool = scrolls) -> None:
            assert (abs(main.evaluate("main => main.scrollTop") - before) > 100) == scrolls

        eventually(moved)


def test_tap_chooses_in_a_mosaic_and_in_the_confusion_matrix(phone: Page, app_url: str) -> None:
    open_page(phone, f"{app_url}/predictions?run=digits&data=digits")
    phone.locator(".mosaic .cell").nth(3).tap()
    expect(phone.locator(".mosaic .cell").nth(3)).to_have_class(re.compile("chosen"))
    open_page(phone, f"{app_url}/predictions?run=digits&data=digits&predictions.view=Confusion")
    settled(phone)
    cell = phone.locator('.cell[data-at="1,1"]')
    cell.tap()
    expect(cell).to_have_class(re.compile("chosen"))
