"""The activations page in real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

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


def open_filter(page: Page, url: str) -> None:
    open_page(page, url)
    expect(page.locator(".st-key-activations-patches .mosaic[data-drawn='9']")).to_be_visible(timeout=60_000)
    expect(page.locator(".climb canvas[data-drawn]")).to_be_visible(timeout=60_000)
    settled(page)


def test_a_patch_chooses_its_image_everywhere(page: Page, app_url: str) -> None:
    open_filter(page, f"{app_url}/activations?activations.view=Filter")
    patch = page.locator(".st-key-activations-patches button").nth(2)
    index = re.search(r"test image (\d+)", patch.get_attribute("aria-label") or "")
    assert index
    patch.click()
    for side in ("patches", "marked"):
        expect(page.locator(f".st-key-activations-{side} button").nth(2)).to_have_class(re.compile("chosen"))
    expect(page).to_have_url(re.compile(rf"image={index[1]}"))
    page.get_by_role("radio", name="Maps").click()
    expect(page.locator(".st-key-activations-grid .mosaic[data-drawn='9']")).to_be_visible()
    expect(page.get_by_label(re.compile("^Image "))).to_have_value(index[1])


def test_an_input_map_leads_to_the_filter_that_makes_it(page: Page, app_url: str) -> None:
    open_filter(page, f"{app_url}/activations?activations.view=Filter&activations.layer=conv2d_2&activations.feature=5")
    first = page.locator(".st-key-activations-slices .cell").first
    number = (first.locator(".caption").text_content() or "").split(" · ")[0]
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Filter 1 to 32")).to_have_value(number)
    expect(page).to_have_url(re.compile(rf"activations.feature={number}\b"))
    expect(page.locator(".st-key-activations-slices .mosaic[data-drawn='12']")).to_be_visible()


def value_told(climb: Locator) -> float:
    return float((climb.locator("figcaption").text_content() or "").split()[0].replace("−", "-"))


def test_the_steps_of_the_made_picture(page: Page, app_url: str) -> None:
    open_filter(page, f"{app_url}/activations?activations.view=Filter&activations.step=0")
    climb = page.locator(".climb")
    expect(climb.locator("figcaption")).to_contain_text("after 0 steps")
    start, noise = value_told(climb), climb.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    climb.get_by_role("slider", name="Step").press("ArrowRight")
    expect(climb.locator("figcaption")).to_contain_text(re.compile("after 1 step$"))
    expect(page).to_have_url(re.compile(r"activations\.step=1"))
    climb.get_by_role("slider", name="Step").press("End")
    expect(climb.locator("canvas")).to_have_attribute("data-drawn", "128")
    assert climb.locator("canvas").evaluate("canvas => canvas.toDataURL()") != noise
    assert value_told(climb) > start
    expect(page).not_to_have_url(re.compile(r"activations\.step="))  # the last is the usual one


def test_the_made_picture_plays_when_it_is_asked_to(page: Page, app_url: str) -> None:
    open_filter(page, f"{app_url}/activations?activations.view=Filter")
    climb = page.locator(".climb")
    expect(climb).to_have_attribute("data-step", "128")
    play = climb.get_by_role("button", name="Play")
    play.click()
    pause = climb.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    expect(climb).to_have_attribute("data-step", re.compile(r"^[1-9]\d?$"))  # from the start again
    pause.press(" ")
    expect(play).to_be_visible()
    rested = climb.get_attribute("data-step")
    expect(page).to_have_url(re.compile(rf"activations\.step={rested}\b"))
    assert climb.get_attribute("data-step") == rested
    climb.get_by_role("slider", name="Step").press(" ")
    expect(climb).to_have_attribute("data-step", "128")
    expect(play).to_be_visible()  # and stops there


@pytest.mark.cifar10
def test_a_long_look_can_be_stopped_and_goes_on(page: Page, cifar10_url: str) -> None:
    open_page(page, f"{cifar10_url}/activations?activations.view=Filter&run=strong&epoch=40")
    page.get_by_role("button", name="Stop").click(timeout=60_000)
    stopped = page.get_by_text(re.compile(r"Stopped\. The network looks at 2,000 test images: [\d,]+ done\."))
    expect(stopped).to_be_visible()
    assert "2,000 done" not in (stopped.text_content() or "")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".st-key-activations-patches .mosaic[data-drawn='9']")).to_be_visible(timeout=120_000)


def test_silent_maps_follow_the_image(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/activations?activations.view=Depth&data=digits")
    strip = page.get_by_role("table", name=re.compile("zero everywhere")).get_by_role("img").last
    expect(strip).to_have_attribute("aria-label", re.compile(r"^64 maps; zero here: "), timeout=60_000)
    before = strip.get_attribute("aria-label") or ""
    page.locator(".st-key-activations-strip button").nth(0).click()
    expect(strip).not_to_have_attribute("aria-label", before)
    expect(page).to_have_url(re.compile(r"image=0"))


def test_the_map_that_was_clicked_is_the_filter_that_is_taken_apart(page: Page, app_url: str) -> None:
    open_activations(page, f"{app_url}/activations")
    page.locator(".st-key-activations-grid button").nth(3).click()
    expect(page).to_have_url(re.compile(r"activations\.layer=conv2d\b"))
    page.get_by_role("radio", name="Filter").click()
    expect(page.locator(".st-key-activations-slices .mosaic[data-drawn='4']")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Filter 1 to 32")).to_have_value("3")
