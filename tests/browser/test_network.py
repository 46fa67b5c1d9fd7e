"""The builder and the pooling view as a person uses them, in real Chromium."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import open_page


def parameters(page: Page) -> Locator:
    return page.locator(".builder .totals dd").first


def row(page: Page, path: str) -> Locator:
    return page.locator(f'.builder .row[data-path="{path}"]')


def test_the_tutorials_network_adds_up_and_is_drawn_to_scale(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    expect(parameters(page)).to_have_text("94,890")
    expect(row(page, "0")).to_contain_text("(3 × 3 × 3 + 1) × 32 = 896")
    expect(row(page, "6")).to_contain_text("65,600")
    volumes = page.locator(".builder .volume")
    expect(volumes).to_have_count(9)
    image = volumes.nth(0).locator("rect").bounding_box()
    first = volumes.nth(1).locator("rect").bounding_box()
    assert image and first
    assert abs(image["width"] / first["width"] - 32 / 30) < 0.005  # a tenth of a pixel is drawn


def test_every_edit_updates_shapes_parameters_and_the_address(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    row(page, "0").get_by_label("Conv2D: filters").fill("16")
    expect(parameters(page)).to_have_text(f"{16 * 28 + 32 * (16 * 9 + 1) + 18496 + 65600 + 650:,}")
    row(page, "0").locator(".add").select_option("BatchNormalization")
    expect(row(page, "1")).to_contain_text("4 × 16 = 64")
    row(page, "1").get_by_title("Move down").click()
    expect(row(page, "2")).to_contain_text("BatchNormalization")
    row(page, "2").get_by_title("Remove").click()
    expect(row(page, "2")).to_contain_text("Conv2D")
    expect(page).to_have_url(re.compile(r"network=u-c16-m2-c32-m2-c64-f-d64-d10l"))
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "2")).to_contain_text("BatchNormalization")


def test_a_layer_can_be_dragged_to_its_place(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network?network=u-c16-m2-f-d32-d10l")
    row(page, "0").locator(".add").select_option("ReLU")
    expect(page).to_have_url(re.compile("network=u-c16-r-m2-f-d32-d10l"))
    row(page, "1").locator(".name").drag_to(row(page, "2"))
    expect(row(page, "2")).to_contain_text("ReLU")
    expect(page).to_have_url(re.compile("network=u-c16-m2-r-f-d32-d10l"))


def test_quick_edits_are_all_kept(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    expect(parameters(page)).to_have_text("94,890")
    page.evaluate(
        """async () => {
            const host = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector(".builder"));
            for (let edit = 0; edit < 6; edit++) {
                const add = host.shadowRoot.querySelector('.row[data-path="0"] .add');
                add.value = "ReLU";
                add.dispatchEvent(new Event("change"));
                await new Promise((done) => setTimeout(done, 30));
            }
        }"""
    )
    expect(page.locator(".builder .row[data-path]")).to_have_count(14)
    expect(page).to_have_url(re.compile(r"c32-r-r-r-r-r-r-m2"))


def test_typing_keeps_its_place_and_what_cannot_be_is_refused_in_a_sentence(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network?network=u-c32-m2-f-d10l")
    filters = row(page, "0").get_by_label("Conv2D: filters")
    filters.click()
    page.keyboard.press("Home")
    page.keyboard.type("1")
    expect(page).to_have_url(re.compile("network=u-c132-m2-f-d10l"))
    page.keyboard.press("Delete")  # the digit behind the caret: it has not jumped to the end
    expect(page).to_have_url(re.compile("network=u-c12-m2-f-d10l"))
    filters.fill("9999")
    expect(page.locator(".builder .refused")).to_have_text(re.compile("from 1 to 512. Received 9,999."))
    filters.press("Tab")
    expect(filters).to_have_value("12")
    expect(page).to_have_url(re.compile("network=u-c12-m2-f-d10l"))


def test_the_keyboard_moves_a_layer_and_takes_it_back(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network?network=u-c8-r-o0.33-f-d10l")
    row(page, "1").get_by_title("Move down").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("network=u-c8-o0.33-r-f-d10l"))
    expect(row(page, "2").get_by_title("Move down")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(re.compile("network=u-c8-r-o0.33-f-d10l"))
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile("network=u-c8-o0.33-r-f-d10l"))
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile("network=u-c8-r-o0.33-f-d10l"))


def test_an_impossible_stack_is_explained_where_it_breaks(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    row(page, "5").get_by_title("Remove").click()
    broken = page.locator(".builder .broken")
    expect(broken).to_have_text(re.compile("Expected a vector before Dense. Received feature maps 4 × 4 × 64."))
    assert "breaks" in (row(page, "5").get_attribute("class") or "")


def test_a_shared_link_opens_the_same_network_and_keras_agrees(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network?network=u-c16p-(c16p-c16pl)-r-m4-f-d10l")
    expect(page.locator(".builder .row.inside")).to_have_count(2)
    shown = parameters(page).inner_text()
    page.get_by_text("The same as Keras counts it").click()
    expect(page.get_by_test_id("stCode")).to_contain_text(f"Total params: {shown}", timeout=60_000)


def test_train_this_network_leads_to_the_training_page_with_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network?data=digits&network=u-c8-m2-f-d10l")
    page.get_by_role("link", name="Train this network").click()
    expect(page.locator("h1")).to_have_text("Training")
    expect(page.get_by_text(re.compile("18,234 parameters"))).to_be_visible()


def test_pooling_marks_the_winners_and_the_frame_moves(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    winners = page.locator(".pooling .patch .tile.winner")
    expect(winners).to_have_count(16)
    first = page.locator(".pooling .kept .tile").first
    first.hover()
    numbers = re.fullmatch(r"max\((.*)\) = (\d+)", page.locator(".pooling .sum").inner_text())
    assert numbers
    assert max(map(int, numbers[1].split(", "))) == int(numbers[2]) == int(first.inner_text())
    before = page.locator(".pooling").get_attribute("data-drawn")
    page.locator(".pooling .whole .frame").press("ArrowDown")
    expect(page.locator(".pooling")).not_to_have_attribute("data-drawn", before or "")
    page.get_by_text("average", exact=True).click()
    expect(winners).to_have_count(0)
    expect(page.locator(".pooling .sum")).to_have_text(re.compile(r"\(.*\) / 4 = "))
