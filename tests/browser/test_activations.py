"""The activations page in real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import eventually, open_page, settled
from tests.browser.test_dataset import assert_drawn, drawn


def open_activations(page: Page, url: str) -> None:
    open_page(page, url)
    expect(page.locator(".st-key-activations-grid .mosaic[data-drawn='9']")).to_be_visible(timeout=60_000)
    settled(page)


def test_original_and_eight_maps_before_and_after_training(page: Page, app_url: str) -> None:
    open_activations(page, f"{app_url}/activations")
    expect(page.locator(".st-key-activations-other .mosaic[data-drawn='9']")).to_be_visible()
    captions = page.locator(".st-key-activations-grid .caption").all_text_contents()
    assert captions[0] == "cat"
    assert all(re.fullmatch(r"[1-8]: \d+\.\d\d to \d+\.\d\d", caption) for caption in captions[1:])

    def both_are_drawn_and_differ() -> None:
        trained, random = (drawn(page, f".st-key-activations-{name} canvas", 1) for name in ("grid", "other"))
        assert trained.max() == 255
        assert random.any()
        assert not np.array_equal(trained, random)

    eventually(both_are_drawn_and_differ)


def test_a_click_on_a_map_enlarges_it(page: Page, app_url: str) -> None:
    open_activations(page, f"{app_url}/activations")
    page.locator(".st-key-activations-grid button").nth(3).click()
    closeup = page.locator(".st-key-activations-closeup .closeup[data-drawn]")
    expect(closeup).to_be_visible()
    expect(closeup.locator(".lead figcaption")).to_have_text("feature 3, epoch 10")
    expect(page.locator(".st-key-activations-grid .cell").nth(3)).to_have_class(re.compile("chosen"))
    small = drawn(page, ".st-key-activations-grid canvas", 3)
    assert_drawn(page, ".st-key-activations-closeup .lead canvas", small[::4, ::4])
    expect(closeup.locator(".reading")).to_contain_text(
        re.compile(r"Row \d+, column \d+ · epoch 10 \d\.\d\d · epoch 0 ")
    )


def test_all_maps_of_a_deeper_layer_by_link(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/activations?activations.layer=conv2d_2&activations.maps=all")
    expect(page.locator(".st-key-activations-grid .mosaic[data-drawn='65']")).to_be_visible(timeout=60_000)


def test_the_strip_changes_the_image(page: Page, app_url: str) -> None:
    open_activations(page, f"{app_url}/activations")
    before = drawn(page, ".st-key-activations-grid canvas", 1)
    page.locator(".st-key-activations-strip button").nth(4).click()
    expect(page.locator(".st-key-activations-grid .caption").first).to_have_text("frog")
    settled(page)

    def it_changed() -> None:
        assert not np.array_equal(drawn(page, ".st-key-activations-grid canvas", 1), before)

    eventually(it_changed)
    expect(page).to_have_url(re.compile(r"image=4"))


def test_kernels_as_pictures(page: Page, app_url: str) -> None:
    open_activations(page, f"{app_url}/activations")
    page.get_by_role("radio", name="kernels").click()
    expect(page.locator(".st-key-activations-kernels .mosaic[data-drawn='32']")).to_be_visible()
    expect(page.locator(".st-key-activations-kernels canvas").first).to_have_attribute("width", "3")


@pytest.mark.cifar10
def test_cifar10_opens_with_the_tutorials_image(page: Page, cifar10_url: str) -> None:
    open_activations(page, f"{cifar10_url}/activations")
    expect(page.get_by_label("Image 0 to 49,999")).to_have_value("7")
    expect(page.locator(".st-key-activations-strip .cell")).to_have_count(10)
    expect(page.locator(".st-key-activations-strip .cell").nth(7)).to_have_class(re.compile("chosen"))
    expect(page.locator(".st-key-activations-grid .caption").first).to_have_text("horse")
