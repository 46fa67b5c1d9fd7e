import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from core.data import photographs, registry
from core.ops.convolution import Operation, convolution
from core.ops.kernels import TUTORIAL_EDGE, kernel
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from tests.browser.conftest import eventually, open_page, pixels, settled

CAT = registry.load("cifar10-sample").test.images[0] / 255


def said(page: Page, name: str) -> str:
    return page.locator(f'[data-text="{name}"]').inner_text()


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def output(page: Page) -> float:
    return number(page.locator('[data-result="after"] dd').inner_text())


ANOTHER_EDIT_MS = 700
"""Edits within 600 ms are undone together; this much later begins another."""


def assert_output(page: Page, value: float) -> None:
    """The output pixel's value is the result, at once or soon; four decimals are shown."""

    def check() -> None:
        assert output(page) == pytest.approx(value, abs=5.1e-5)

    eventually(check)


def assert_pixels(page: Page, name: str, wanted: np.ndarray) -> None:
    """The picture shows these gray values, 0..255, at once or soon; JavaScript rounds halves the other way."""
    eventually(lambda: np.testing.assert_allclose(drawn(page, name)[..., 0], wanted, atol=1))


def open_stage(page: Page, app_url: str, query: str = "") -> None:
    open_page(page, f"{app_url}/kernels{query}")
    expect(page.locator(".stage .cells input").first).to_be_visible()
    expect(page.locator('[data-text="range"]')).to_contain_text("max")


def set_weight(page: Page, at: int, text: str) -> None:
    page.locator(".cells input").nth(at).fill(text)


def drawn(page: Page, name: str) -> np.ndarray:
    """What is drawn, at native resolution: (height, width, 3)."""
    return pixels(page.locator(f'[data-picture="{name}"] canvas').first)


def test_it_opens_with_the_tutorials_result(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    wanted = convolution(CAT[..., 0], TUTORIAL_EDGE, Operation(flip=True))
    low, high = (number(text) for text in re.findall(r"[−\d.]+", said(page, "range")))
    assert (low, high) == pytest.approx((wanted.min(), wanted.max()), abs=5.1e-5)
    assert_pixels(page, "output", np.clip(wanted, 0, 1) * 255)
    expect(page.get_by_text("Training image 9 is not at hand").first).to_be_visible()


def test_pointer_and_arrow_keys_move_the_window_without_the_server(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    expect(page.locator(".cells input").nth(5)).to_have_attribute("aria-label", "Weight in row 1, column 2")
    frame = page.locator('[data-picture="output"]')
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 5.5 / 32, box["y"] + box["height"] * 3.5 / 32)
    expect(page.locator('[data-text="patch-caption"]')).to_contain_text("row 3, column 5")
    wanted = convolution(CAT[..., 0], TUTORIAL_EDGE, Operation(flip=True))
    assert_output(page, wanted[3, 5])
    page.locator('[data-picture="input"]').focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator('[data-text="patch-caption"]')).to_contain_text("row 5, column 6")
    assert_output(page, wanted[5, 6])
    expect(page.locator('[data-text="live"]')).to_contain_text("Output row 5, column 6")
    expect(page).to_have_url(re.compile("at_5.6"))


def test_the_sum_is_written_out(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    page.get_by_text("Numbers", exact=True).click()
    expect(page.locator('[data-text="written"]')).to_have_text("0·0 + 1·1 + 3·2 + 4·3 = 19")
    assert_output(page, 19)
    page.emulate_media(reduced_motion="no-preference")  # the grid turns before one's eyes
    page.locator('[data-control="flip"]').select_option("true")
    expect(page.locator('[data-text="written"]')).to_have_text("0·3 + 1·2 + 3·1 + 4·0 = 5")
    expect(page.locator('[data-text="weights-caption"]')).to_have_text("kernel, turned by 180°")


def test_an_edit_reaches_the_picture_python_the_link_and_comes_back(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    page.locator('[data-control="name"]').select_option("sobel-x")
    page.locator('[data-control="stride"]').select_option("2")
    set_weight(page, 4, "0.5")
    expect(page.locator('[data-testid="stCode"]').first).to_contain_text("[-2.0, 0.5, 2.0]")
    expect(page).to_have_url(re.compile("kernel_-1_0_1_-2_0.5_2_-1_0_1_stride_2"))
    weights = kernel("sobel-x", 3)
    weights[1, 1] = 0.5
    before = said(page, "range")
    page.reload()
    expect(page.locator('[data-text="range"]')).to_have_text(before)
    expect(page.locator('[data-control="stride"]')).to_have_value("2")
    expect(page.locator(".cells input").nth(4)).to_have_value("0.5")


def test_the_stage_is_kept_when_another_page_is_visited(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    page.locator('[data-control="name"]').select_option("emboss")
    expect(page).to_have_url(re.compile("emboss"))
    page.get_by_role("link", name="Dataset", exact=True).click()
    expect(page.locator("h1")).to_have_text("Dataset")
    page.get_by_role("link", name="Kernels", exact=True).click()
    expect(page.locator(".stage .cells input").first).to_be_visible()
    expect(page.locator('[data-control="name"]')).to_have_value("emboss")
    expect(page).to_have_url(re.compile("emboss"))


def test_weights_change_by_arrow_keys_wheel_and_dragging_and_undo_takes_them_back(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    cell = page.locator(".cells input").nth(4)
    cell.focus()
    page.keyboard.press("ArrowUp")
    expect(cell).to_have_value("9")
    page.wait_for_timeout(ANOTHER_EDIT_MS)
    cell.hover()
    page.mouse.wheel(0, 100)
    expect(cell).to_have_value("8")
    page.wait_for_timeout(ANOTHER_EDIT_MS)
    box = cell.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=6)
    page.mouse.up()
    expect(cell).to_have_value("13")
    page.keyboard.press("Control+z")
    expect(cell).to_have_value("8")
    page.keyboard.press("Control+z")
    expect(cell).to_have_value("9")
    page.get_by_role("button", name="Undo").click()
    expect(cell).to_have_value("8")


def test_transformations_and_random_by_seed(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.stage=kernel_sobel-x.3")
    page.get_by_role("button", name="Transpose").click()
    expect(page.locator('[data-control="name"]')).to_have_value("sobel-y")
    page.get_by_role("button", name="Rotate").click()
    page.get_by_role("button", name="Flip").click()
    expect(page.locator('[data-control="name"]')).to_have_value("sobel-x")
    page.locator('[data-control="seed"]').fill("7")
    page.get_by_role("button", name="Random").click()
    shown = [float(cell.input_value()) for cell in page.locator(".cells input").all()]
    assert shown == [-0.98, -0.88, 0.96, 0.4, 0.04, -0.19, -0.07, -0.52, 0.11]  # the same wherever it is drawn
    page.get_by_role("button", name="Normalize").click()
    expect(page.locator('[data-text="meaning"]')).to_contain_text("Sum 1: an even area keeps its brightness.")
    page.locator('[data-control="size"]').select_option("7")
    expect(page.locator(".cells input")).to_have_count(49)


@pytest.mark.parametrize(("text", "words"), [("abc", "not a number"), ("1e99", "1e99"), ("NaN", "not a number")])
def test_bad_input_in_a_cell_gets_a_sentence_and_the_last_good_value(
    page: Page, app_url: str, text: str, words: str
) -> None:
    open_stage(page, app_url)
    before = said(page, "range")
    set_weight(page, 0, text)
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page.locator('[data-text="message"]')).to_contain_text("The last good value stays.")
    assert said(page, "range") == before
    page.locator(".cells input").nth(0).blur()
    expect(page.locator(".cells input").nth(0)).to_have_value("-1")


def test_a_nonsense_link_gets_a_sentence(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.stage=stride_99_kernel_nan_at_x&kernels.picture=elephant")
    expect(page.get_by_text("Expected a stride from 1 to 4. Received 99.")).to_be_visible()
    expect(page.get_by_text("“elephant”")).to_be_visible()
    expect(page.locator('[data-control="stride"]')).to_have_value("1")
    expect(page.locator('[data-control="name"]')).to_have_value("tutorial-edge")


def test_a_kernel_that_cannot_fit_is_explained(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.picture=Numbers")
    expect(page.locator('[data-text="written"]')).to_have_text("0·0 + 1·1 + 3·2 + 4·3 = 19")
    expect(page.locator('[data-control="size"] option[value="7"]')).to_be_disabled()
    page.locator('[data-control="dilation"]').select_option("4")
    expect(
        page.get_by_role("alert").filter(has_text="Choose a smaller kernel, less dilation or more padding.")
    ).to_be_visible()
    expect(page.locator('[data-control="dilation"]')).to_have_value("1")
    assert_output(page, 19)


def test_fields_beside_the_pictures_take_numbers_and_refuse_nonsense(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    page.locator('[data-control="padding"]').select_option("custom")
    custom = page.locator('[data-control="custom"]')
    custom.fill("5")
    expect(page.locator('[data-text="formula"]')).to_have_text("⌊(32+5+5−3)/1⌋+1 = 40")
    custom.fill("99")
    expect(page.get_by_role("alert").filter(has_text="Expected a whole number from 0 to 12.")).to_be_visible()
    custom.blur()
    expect(custom).to_have_value("5")
    bias = page.locator('[data-control="bias"]')
    bias.fill("1/4")
    expect(page.locator('[data-text="written"]')).to_contain_text("bias 0.25 =")
    bias.fill("1e9")
    expect(page.get_by_role("alert").filter(has_text="Expected a bias")).to_be_visible()
    bias.blur()
    expect(bias).to_have_value("0.25")


def test_a_filter_shows_three_partial_maps_that_add_up(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    page.locator('[data-control="color"]').select_option("filter")
    expect(page.locator(".partials figure:visible")).to_have_count(4)
    page.locator('[data-tabs="channel"] button').nth(1).click()
    set_weight(page, 0, "2")
    page.locator('[data-control="bias"]').fill("-0.25")

    def add_up() -> None:
        before = [number(cell.inner_text()) for cell in page.locator('[data-result="before"] dd').all()]
        assert output(page) == pytest.approx(sum(before) - 0.25, abs=5.1e-5 * (1 + len(before)))

    eventually(add_up)
    page.locator('[data-control="relu"]').check()
    expect(page.locator('[data-testid="stCode"]').first).to_contain_text("np.maximum")
    assert output(page) >= 0


def test_play_slides_and_stops(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.stage=at_0.24")
    play = page.locator('[data-action="play"]')
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(page.locator('[data-text="patch-caption"]')).to_contain_text(re.compile(r"row [1-9]"), timeout=60_000)
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # draws the last
    place = said(page, "patch-caption")
    page.wait_for_timeout(300)
    assert said(page, "patch-caption") == place


def test_a_photograph_is_computed_whole(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.picture=Photo&kernels.stage=kernel_gaussian.7_color_gray_display_auto")
    expect(page.locator(".stage")).to_have_attribute("data-preview", "false")
    values = photographs.load("china") / 255 @ np.array([0.299, 0.587, 0.114])
    wanted = convolution(values, kernel("gaussian", 7), Operation(flip=True))
    found = drawn(page, "output")[..., 0]
    assert found.shape == wanted.shape
    shown = (wanted - wanted.min()) / (wanted.max() - wanted.min()) * 255
    np.testing.assert_allclose(found, shown, atol=1)


def test_an_upload_comes_onto_the_stage(page: Page, app_url: str, tmp_path) -> None:
    from PIL import Image

    values = np.random.default_rng(0).integers(0, 256, (40, 24, 3), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "noise.png")
    open_stage(page, app_url, "?kernels.picture=Your+own")
    page.get_by_role("button", name="Choose a file").click()
    page.locator('input[type="file"]').set_input_files(tmp_path / "noise.png")
    expect(page.locator('[data-text="input-size"]')).to_have_text("40 × 24")
    page.keyboard.press("Escape")
    wanted = convolution(values[..., 0] / 255, TUTORIAL_EDGE, Operation(flip=True))
    expect(page.locator('[data-text="range"]')).to_contain_text(f"{wanted.max():.4f}".rstrip("0"))


def open_filter_4(page: Page) -> None:
    """Open a learned filter on the stage."""
    page.get_by_role("radio", name="Learned").click()
    page.get_by_role("button", name="Filter 4 of 32: open it on the stage").click()
    expect(page.locator('[data-control="color"]')).to_have_value("filter")


def test_a_learned_filter_opens_and_may_then_be_changed(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    open_filter_4(page)
    expect(page).to_have_url(re.compile("color_filter"))
    set_weight(page, 0, "1")
    expect(page.locator('[data-testid="stCode"]').first).to_contain_text("[[[1.0,".replace("[[[", "[["))
    settled(page)
    expect(page.locator(".cells input").nth(0)).to_have_value("1")


def test_an_opened_filter_follows_the_epoch(page: Page, app_url: str) -> None:
    open_stage(page, app_url)
    open_filter_4(page)
    settled(page)
    trained = page.locator(".cells input").nth(0).get_attribute("title")
    page.get_by_role("slider").first.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".cells input").nth(0)).not_to_have_attribute("title", trained or "")
    start = Snapshot(find_run("tutorial"), 0).first_layer_kernels()[0, 0, 0, 3]
    expect(page.locator(".cells input").nth(0)).to_have_attribute("title", re.compile(f"{start:.5f}"[:-1]))
    settled(page)
    while page.get_by_role("button", name="Undo").is_enabled():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator('[data-control="name"]')).to_have_value("tutorial-edge")


def test_another_image_changes_the_picture_and_nothing_else(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.stage=kernel_scharr-x.3_display_signed")
    before = said(page, "range")
    page.get_by_role("spinbutton", name="Image 0 to 19").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator('[data-text="range"]')).not_to_have_text(before)
    expect(page.locator('[data-control="name"]')).to_have_value("scharr-x")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page).to_have_url(re.compile("image=7"))


def test_keras_agrees_and_a_fresh_layer_is_drawn_once_tensorflow_is_warm(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.panel=Compare+with+Keras")
    expect(page.get_by_text("largest difference in float64")).to_be_visible(timeout=90_000)
    value = page.locator("dt", has_text="largest difference in float64").locator("xpath=../dd").inner_text()
    assert float(value.replace("−", "-")) < 1e-12
    page.get_by_role("radio", name="Random").click()
    fresh = page.locator(".st-key-kernels-random .mosaic")
    expect(fresh).to_have_attribute("data-drawn", "9", timeout=60_000)
    expect(fresh.locator(".caption").nth(1)).to_have_text(re.compile(r"^1: \d\.\d\d to \d\.\d\d$"))


def test_keras_is_compared_in_red_green_and_blue(page: Page, app_url: str) -> None:
    open_stage(page, app_url, "?kernels.panel=Compare+with+Keras&kernels.stage=color_each")
    for channel in ("red", "green", "blue"):
        for words in ("Our own arithmetic in NumPy", "The same kernel in a Keras Conv2D"):
            expect(page.get_by_role("img", name=f"{words}, {channel}")).to_be_visible(timeout=90_000)


@pytest.mark.parametrize(
    ("width", "taps", "shown"), [(1280, 5, 3), (1280, 7, 1), (400, 3, 3), (400, 5, 1), (400, 7, 1)]
)
def test_large_equations_show_one_grid_at_a_time(page: Page, app_url: str, width: int, taps: int, shown: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_stage(page, app_url, f"?kernels.stage=kernel_gaussian.{taps}")
    grids = page.locator(".equation .grid:visible")
    expect(grids).to_have_count(shown)
    expect(grids.last).to_have_attribute("data-grid", "products")
    if shown == 1:
        page.get_by_role("button", name="patch", exact=True).click()
        expect(grids).to_have_attribute("data-grid", "patch")
        expect(grids.locator("span")).to_have_count(taps * taps)


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, app_url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    open_stage(page, app_url, "?kernels.stage=color_filter_kernel_gabor-45.7")
    assert page.locator(".stage").evaluate("stage => stage.scrollWidth <= stage.clientWidth + 1")
    if width == 1280:  # the pictures and their controls are seen without scrolling
        bottom = page.locator(".columns .output").evaluate("column => column.getBoundingClientRect().bottom")
        assert bottom <= 720


def test_a_finger_moves_the_window(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_stage(page, app_url)
    box = page.locator('[data-picture="output"]').bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 10.5 / 32, box["y"] + box["height"] * 20.5 / 32)
    expect(page.locator('[data-text="patch-caption"]')).to_contain_text("row 20, column 10")
    context.close()


@pytest.mark.cifar10
def test_it_opens_with_the_tutorials_own_image(page: Page, cifar10_url: str, cifar10_environment: Path) -> None:
    open_stage(page, cifar10_url)
    channel = registry.load("cifar10").train.images[9][..., 0] / 255
    wanted = convolution(channel, TUTORIAL_EDGE, Operation(flip=True))
    assert_pixels(page, "output", np.clip(wanted, 0, 1) * 255)
    expect(page.get_by_text("is not at hand")).to_have_count(0)
    hidden = round(float(((wanted < -1e-9) | (wanted > 1 + 1e-9)).mean() * 100))
    expect(page.get_by_text(f"{hidden} % of this output is hidden")).to_be_visible()
