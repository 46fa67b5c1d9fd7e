"""The predictions page in real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from core.data.sets import digits
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies.layout import stored
from tests.browser.conftest import open_page, settled


def test_the_samples_answers_follow_once_tensorflow_is_warm(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions")
    expect(page.locator(".st-key-predictions-mosaic .mosaic[data-drawn='20']")).to_be_visible(timeout=60_000)
    captions = page.locator(".st-key-predictions-mosaic .caption").all_text_contents()
    assert all(re.fullmatch(r"\w+ \(\w+\)", caption) for caption in captions)
    marks = page.locator(".st-key-predictions-mosaic .cell").evaluate_all("cells => cells.map(c => c.dataset.mark)")
    for caption, mark in zip(captions, marks, strict=True):
        predicted, true = caption.rstrip(")").split(" (")
        assert mark == ("right" if predicted == true else "wrong")
    expect(page.locator(".lesson-opening p")).to_contain_text(f"{marks.count('right')} of 20 test images right")
    settled(page)


def test_a_click_shows_the_ten_probabilities_of_the_stored_logits(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits")
    page.locator(".st-key-predictions-mosaic button").nth(7).click()
    expect(page.locator(".st-key-predictions-mosaic .cell").nth(7)).to_have_class(re.compile("chosen"))
    data = digits.load()
    logits = np.asarray(Snapshot(find_run("digits"), 10).logits(), np.float64)[7]
    share = np.exp(logits - logits.max())
    share /= share.sum()
    expect(page.locator(".chart-bars").first.locator(".row.strong .name")).to_contain_text(
        data.class_names[logits.argmax()]
    )
    values = page.locator(".chart-bars").first.locator(".value").all_text_contents()
    for text, value in zip(values, share, strict=True):
        if text[0].isdigit():
            assert float(text.split()[0]) == pytest.approx(100 * value, abs=0.0501)  # one decimal is shown


def test_a_cell_of_the_confusion_matrix_shows_its_images_beside_it(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits&predictions.view=Confusion")
    matrix = page.locator(".st-key-predictions-confusion table[data-drawn='10']")
    expect(matrix).to_be_visible()
    counts = np.array([int(text) for text in matrix.locator(".cell").all_text_contents()]).reshape(10, 10)
    assert counts.sum() == len(digits.load().test)
    mistakes = counts - np.diag(np.diag(counts))
    true, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
    matrix.locator(f"[data-at='{true},{answer}']").click()
    names = digits.load().class_names
    expect(page.locator(".st-key-predictions-cell .cell")).to_have_count(int(mistakes.max()))
    expect(page).to_have_url(re.compile(rf"predictions\.true={names[true]}"))
    beside, table = (
        page.locator(each).bounding_box() for each in (".st-key-predictions-cell", ".st-key-predictions-confusion")
    )
    assert beside
    assert table
    assert beside["x"] > table["x"] + table["width"]
    assert table["y"] - 40 < beside["y"] < table["y"] + table["height"]
    captions = page.locator(".st-key-predictions-cell .caption").all_text_contents()
    page.locator(".st-key-predictions-cell .cell").first.click()
    grid = page.locator(".st-key-predictions-mosaic .caption")
    expect(grid).to_have_text([f"{names[answer]} ({names[true]})"] * int(mistakes.max()))
    expect(page.locator(".st-key-predictions-mosaic .cell").first).to_have_class(re.compile("chosen"))
    expect(page.locator(".chart-bars .strong .value").first).to_have_text(captions[0])


def test_shares_take_the_place_of_counts(page: Page, app_url: str) -> None:
    open_page(
        page, f"{app_url}/predictions?data=digits&predictions.view=Confusion&predictions.shares=share of the answer"
    )
    cells = page.locator(".st-key-predictions-confusion table[data-drawn='10'] .cell")
    expect(cells).to_have_count(100)
    shown = np.array([float(text) for text in cells.all_text_contents()]).reshape(10, 10)
    np.testing.assert_allclose(shown.sum(axis=0), 100, atol=0.51)  # ten numbers with one decimal


def test_the_mistakes_alone(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits")
    page.get_by_role("radio", name="wrong").click()
    expect(page.locator(".st-key-predictions-mosaic .cell[data-mark='right']")).to_have_count(0)
    expect(page.locator(".st-key-predictions-mosaic .cell[data-mark='wrong']").first).to_be_visible()


def test_the_epoch_of_the_link_answers(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits&epoch=0")
    evaluation = Snapshot(find_run("digits"), 0).evaluation()
    assert evaluation
    right = round(evaluation.accuracy * evaluation.n)
    expect(page.locator(".lesson-opening p")).to_contain_text(f"{right} of {evaluation.n} test images right")


@pytest.mark.cifar10
def test_all_of_cifar10_is_answered_from_stored_logits(page: Page, cifar10_url: str) -> None:
    open_page(page, f"{cifar10_url}/predictions")
    evaluation = Snapshot(find_run("tutorial"), 10).evaluation()
    assert evaluation
    sentence = page.locator(".lesson-opening p")
    expect(sentence).to_contain_text(f"{round(evaluation.accuracy * 10_000):,} of 10,000 test images right")
    expect(page.locator(".lesson-insight")).to_contain_text("On re-encoded CIFAR-10")
    expect(page.locator(".st-key-predictions-mosaic .cell")).to_have_count(25)


def test_a_line_drawn_on_the_map_shows_the_images_inside(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits&predictions.view=Map")
    canvas = page.locator(".st-key-predictions-map canvas[data-drawn='359']")
    expect(canvas).to_be_visible()
    settled(page)
    box = canvas.bounding_box()
    assert box
    left, top, side = box["x"], box["y"], box["width"]
    page.mouse.move(left + 2, top + 2)
    page.mouse.down()
    for x, y in ((0.5, 0.005), (0.5, 0.995), (0.005, 0.995)):
        page.mouse.move(left + x * side, top + y * side, steps=8)
    page.mouse.up()
    inside = int((stored(find_run("digits"))["t-SNE"][:, 0] < 0).sum())
    told = page.locator("[data-testid=stMarkdown]", has_text="images inside the line")
    expect(told).to_be_visible()
    assert int(told.inner_text().split()[0]) == pytest.approx(inside, abs=12)  # corners are whole percents
    expect(page).to_have_url(re.compile("predictions.lasso="))
    shown = page.locator(".st-key-predictions-beside_map .caption")
    expect(shown).to_have_count(12)
    canvas.focus()
    page.keyboard.press("ArrowRight")
    card = page.locator(".st-key-predictions-map .card")
    expect(card).to_contain_text("answered")
    expect(card.locator("img")).to_have_js_property("naturalWidth", 32)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("image="))
    page.mouse.click(left + 0.97 * side, top + 0.97 * side)  # no dot is there
    expect(told).to_be_hidden()


def test_a_line_is_drawn_by_keyboard_too(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/predictions?data=digits&predictions.view=Map")
    canvas = page.locator(".st-key-predictions-map canvas[data-drawn='359']")
    expect(canvas).to_be_visible()
    settled(page)
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    told = page.locator("[data-testid=stMarkdown]", has_text="images inside the line")
    expect(told).to_be_visible()
    settled(page)
    few = int(told.inner_text().split()[0])
    for _ in range(4):
        page.keyboard.press("Space")
    expect(told).not_to_contain_text(f"{few} images")
    settled(page)
    assert int(told.inner_text().split()[0]) > few >= 1
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()


def test_a_line_is_drawn_by_finger_once_the_button_allows_it(browser: Browser, app_url: str) -> None:
    visitor = browser.new_context(viewport={"width": 900, "height": 1200}, has_touch=True, reduced_motion="reduce")
    page = visitor.new_page()
    open_page(page, f"{app_url}/predictions?data=digits&predictions.view=Map")
    canvas = page.locator(".st-key-predictions-map canvas[data-drawn='359']")
    expect(canvas).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Draw a line").tap()
    box = canvas.bounding_box()
    assert box
    finger = visitor.new_cdp_session(page)
    corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.95), (0.1, 0.9))
    for kind, x, y in [("touchStart", *corners[0]), *(("touchMove", *at) for at in corners), ("touchEnd", 0, 0)]:
        points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["width"]}] if kind != "touchEnd" else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator("[data-testid=stMarkdown]", has_text="images inside the line")).to_be_visible()
    expect(page.get_by_role("button", name="Draw a line")).to_have_attribute("aria-pressed", "false")
    visitor.close()
