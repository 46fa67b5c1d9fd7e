"""The dataset page in real Chromium: pictures drawn from the right pixels, numbers that are theirs."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.data.sets import sample
from tests.browser.conftest import eventually, open_page, pixels, settled


def drawn(page: Page, selector: str, position: int = 0) -> np.ndarray:
    """Return the red, green and blue values of a canvas, (height, width, 3)."""
    return pixels(page.locator(selector).nth(position))


def assert_drawn(page: Page, selector: str, pixels: np.ndarray, position: int = 0) -> None:
    """The canvas shows these pixels, at once or soon."""
    eventually(lambda: np.testing.assert_array_equal(drawn(page, selector, position), pixels))


def test_mosaic_and_close_up_show_the_pixels(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset")
    expect(page.locator(".st-key-dataset-mosaic .mosaic[data-drawn='20']")).to_be_visible()
    images = sample.load().test.images
    for position in (0, 7, 19):
        assert_drawn(page, ".st-key-dataset-mosaic canvas", images[position], position)
    expect(page.locator(".st-key-dataset-closeup .closeup[data-drawn]")).to_be_visible()
    assert_drawn(page, ".st-key-dataset-closeup .lead canvas", images[0])
    channels = page.locator(".st-key-dataset-closeup figure:not(.lead):not(.loupe) figcaption")
    expect(channels).to_have_text(["0: red", "1: green", "2: blue"])


def test_a_click_chooses_an_image_and_the_address_keeps_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset")
    page.locator(".st-key-dataset-mosaic button").nth(5).click()
    expect(page).to_have_url(re.compile(r"image=5"))
    expect(page.locator(".st-key-dataset-mosaic .cell").nth(5)).to_have_class(re.compile("chosen"))
    assert_drawn(page, ".st-key-dataset-closeup .lead canvas", sample.load().test.images[5])
    page.reload()
    page.wait_for_selector(".st-key-dataset-closeup .closeup[data-drawn]")
    expect(page.get_by_label("Image 0 to 19")).to_have_value("5")
    settled(page)


def test_pointing_and_arrow_keys_read_a_pixels_numbers(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset")
    lead = page.locator(".st-key-dataset-closeup .lead .frame")
    box = lead.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 3.5 / 32, box["y"] + box["height"] * 2.5 / 32)
    image = sample.load().test.images[0]
    reading = page.locator(".st-key-dataset-closeup .reading")
    red, green, blue = image[2, 3]
    expect(reading).to_contain_text(f"Row 2, column 3 · red {red} · green {green} · blue {blue}")
    expect(reading).to_contain_text(f"{red / 255:.3f}, {green / 255:.3f}, {blue / 255:.3f}")
    lead.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(reading).to_contain_text(f"Row 3, column 4 · red {image[3, 4, 0]}")


def test_class_filter_and_seed_come_with_a_link(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/dataset?data=digits&dataset.class=seven&dataset.shuffle=3&split=test")
    expect(page.locator(".st-key-dataset-mosaic .mosaic[data-drawn='25']")).to_be_visible()
    expect(page.locator(".st-key-dataset-mosaic .caption")).to_have_text(["seven"] * 25)
    labels = page.locator(".st-key-dataset-mosaic .cell").evaluate_all("cells => cells.map(c => c.ariaLabel)")
    numbers = [int(label.split()[1].rstrip(":")) for label in labels]
    assert numbers != sorted(numbers)


@pytest.mark.parametrize("nonsense", ["dataset.class=unicorn", "image=abc", "image=-4", "dataset.page=999"])
def test_a_nonsense_link_gets_a_sentence(page: Page, app_url: str, nonsense: str) -> None:
    open_page(page, f"{app_url}/dataset?{nonsense}")
    expect(page.get_by_test_id("stAlertContentWarning")).to_contain_text("This link asks for")
    expect(page.locator(".st-key-dataset-mosaic .mosaic[data-drawn='20']")).to_be_visible()


@pytest.mark.cifar10
def test_all_of_cifar10_opens_as_in_the_tutorial(page: Page, cifar10_url: str) -> None:
    open_page(page, f"{cifar10_url}/dataset")
    expect(page.locator(".st-key-dataset-mosaic .mosaic[data-drawn='25']")).to_be_visible()
    captions = page.locator(".st-key-dataset-mosaic .caption").all_text_contents()
    assert captions[:5] == ["frog", "truck", "truck", "deer", "automobile"]
    expect(page.locator("code").first).to_contain_text("(50000, 32, 32, 3)")
