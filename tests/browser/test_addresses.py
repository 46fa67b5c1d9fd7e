"""A view's address: a new tab shows the same view, Back brings it back, nonsense in it gets one sentence."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import assert_calm, open_page, settled
from tests.browser.test_history import follow

Check = Callable[[Page], None]


def map_chosen(page: Page) -> None:
    """The fourth map of the overview's second convolution is the one shown large."""
    expect(page.locator('.flow .map.chosen[data-x="3"][data-y="3"]')).to_be_visible(timeout=60_000)
    expect(page.locator(".flow .lens p")).to_contain_text("conv2d_1, map 4 of 32")


def choose_map(page: Page) -> None:
    page.locator('.flow .map[data-x="3"][data-y="3"]').click(timeout=60_000)
    expect(page).to_have_url(re.compile(r"overview\.map=conv2d_1\.4"))


def filter_on_stage(page: Page) -> None:
    expect(page.locator('[data-control="color"]')).to_have_value("filter")
    expect(page.locator('[data-control="stride"]')).to_have_value("2")
    expect(page.locator('[data-text="patch-caption"]')).to_contain_text("row 3, column 5")


def set_stage(page: Page) -> None:
    page.locator('[data-control="color"]').select_option("filter")
    page.locator('[data-control="stride"]').select_option("2")
    output = page.locator('[data-picture="output"]')
    box = output.bounding_box()
    assert box
    output.click(position={"x": box["width"] * 5.5 / 16, "y": box["height"] * 3.5 / 16})
    expect(page).to_have_url(re.compile(r"kernels\.stage=color_filter_stride_2_at_3\.5"))


def numbers_on_stage(page: Page) -> None:
    expect(page.locator('[data-text="written"]')).to_have_text("0·0 + 1·1 + 3·2 + 4·3 = 19")
    expect(page.locator('[data-control="display"]')).to_have_value("signed")


def set_numbers(page: Page) -> None:
    page.get_by_text("Numbers", exact=True).click()
    expect(page.locator('[data-text="written"]')).to_have_text("0·0 + 1·1 + 3·2 + 4·3 = 19")
    page.locator('[data-control="display"]').select_option("signed")
    expect(page).to_have_url(re.compile(r"kernels\.numbers=display_signed"))


def learned(page: Page) -> None:
    expect(page.locator(".st-key-kernels-learned .mosaic[data-drawn='32']")).to_be_visible()


def show_learned(page: Page) -> None:
    page.get_by_role("radio", name="Learned").click()
    expect(page).to_have_url(re.compile(r"kernels\.view=Learned"))


def random_7(page: Page) -> None:
    expect(page.get_by_label("Seed of the random kernels")).to_have_value("7")
    expect(page.locator(".st-key-kernels-random .mosaic[data-drawn='9']")).to_be_visible(timeout=60_000)


def show_random_7(page: Page) -> None:
    page.get_by_role("radio", name="Random").click()
    seed = page.get_by_label("Seed of the random kernels")
    seed.fill("7", timeout=60_000)
    seed.press("Enter")
    expect(page).to_have_url(re.compile(r"kernels\.view=Random.*kernels\.seed=7"))


def own_network(page: Page) -> None:
    expect(page.locator('.builder .row[data-path="0"]').get_by_label("Conv2D: filters")).to_have_value("16")


def build(page: Page) -> None:
    page.locator('.builder .row[data-path="0"]').get_by_label("Conv2D: filters").fill("16")
    expect(page).to_have_url(re.compile("network=u-c16-"))


def pixel(page: Page) -> None:
    expect(page.locator(".st-key-activations-closeup .reading")).to_contain_text("Row 7, column 15", timeout=60_000)
    expect(page.locator(".st-key-activations-grid .cell").nth(3)).to_have_class(re.compile("chosen"))


def choose_pixel(page: Page) -> None:
    page.locator(".st-key-activations-grid button").nth(3).click(timeout=60_000)
    lead = page.locator(".st-key-activations-closeup .lead .frame")
    expect(lead).to_be_visible()
    box = lead.bounding_box()
    assert box
    lead.click(position={"x": box["width"] * 16.5 / 32, "y": box["height"] * 8.5 / 32})
    expect(page).to_have_url(re.compile(r"activations\.pixel=8\.16"))


def typed(page: Page) -> None:
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("7")
    expect(page.get_by_text(re.compile("parameters, .* billion multiply-adds"))).to_be_visible()


def type_epochs(page: Page) -> None:
    page.get_by_label("Epochs", exact=True).fill("7")
    page.get_by_label("Epochs", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"training\.digits\.epochs=7"))
    page.get_by_role("radio", name="Compare").click()
    expect(page.locator(".comparison")).to_be_visible()
    expect(page).to_have_url(re.compile(r"training\.digits\.epochs=7"))  # another view keeps what was typed
    page.get_by_role("radio", name="Train", exact=True).click()
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("7")
    expect(page).not_to_have_url(re.compile(r"training\.view"))


VIEWS: dict[str, tuple[str, Check, Check]] = {
    "overview's map": ("/?data=digits", choose_map, map_chosen),
    "stage": ("/kernels", set_stage, filter_on_stage),
    "nine numbers": ("/kernels", set_numbers, numbers_on_stage),
    "random kernels": ("/kernels", show_random_7, random_7),
    "learned kernels": ("/kernels", show_learned, learned),
    "network": ("/network", build, own_network),
    "pixel": ("/activations", choose_pixel, pixel),
    "recipe": ("/training?data=digits", type_epochs, typed),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_there_again_in_a_new_tab_and_by_back(
    page: Page, context: BrowserContext, app_url: str, name: str
) -> None:
    path, choose, check = VIEWS[name]
    open_page(page, app_url + path)
    choose(page)
    check(page)
    settled(page)
    address = page.url
    other = context.new_page()
    open_page(other, address)
    check(other)
    assert_calm(other)
    expect(other.locator('[data-testid="stAlert"]')).to_have_count(0)
    expect(other).to_have_url(address)
    other.close()
    follow(page, "Classify")
    page.go_back()
    check(page)
    settled(page)
    expect(page).to_have_url(address)


NONSENSE = {
    "/?overview.map=conv2d.99": "This link asks for map “conv2d.99”. There is: input.1, input.2,",
    "/kernels?kernels.stage=bias_x": "“bias_x” makes no sense here. The usual choice is shown instead.",
    "/kernels?kernels.view=Sideways": "This link asks for view “Sideways”. There is: By hand, Random, Learned.",
    "/kernels?kernels.view=Random&kernels.seed=-1": "This link asks for seed “-1”. Expected a whole number from 0 to",
    "/network?network=banana": "This link asks for network “banana”. Expected a network that begins with",
    "/activations?activations.beside=close-up&activations.pixel=32.0": "Expected row and column, from 0.0 to 31.31.",
    "/training?data=digits&training.digits.epochs=99": "This link asks for epochs “99”. Expected epochs from 1 to 30.",
    "/training?training.view=Upside+down": "This link asks for view “Upside down”. There is: Train, Compare,",
    "/predictions?predictions.true=unicorn": "This link asks for true “unicorn”. There is: any, airplane,",
}


@pytest.mark.parametrize("link", NONSENSE)
def test_nonsense_gets_one_sentence_and_leaves_the_address(page: Page, app_url: str, link: str) -> None:
    open_page(page, app_url + link)
    sentence = page.get_by_text(NONSENSE[link])
    expect(sentence).to_be_visible(timeout=60_000)
    expect(page.locator('[data-testid="stAlertContentWarning"]')).to_have_count(1)
    expect(page).not_to_have_url(re.compile(re.escape(link.rpartition("&")[2].rpartition("?")[2])))
