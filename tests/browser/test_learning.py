"""Learning in the browser: its views show the server's numbers, and answer to clicks and keys."""

import re
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from playwright.sync_api import Locator, Page, expect

from core import cached
from core.data.examples import Batch
from core.model.structure.weights import Weight
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies import landscape
from pages import learning
from pages.learning.slope import SAMPLES
from pages.shared import modules
from tests.browser.conftest import eventually, open_page

FOLDER = Path(learning.__file__).parent
DIGITS = "data=digits&run=digits&epoch=1&split=train&image=5"
SNAPSHOT = Snapshot(find_run("digits"), 1)
SEVEN = Batch(dataset="digits", split="train", position=5, count=1)
WEIGHT = Weight("conv2d.kernel", (0, 1, 2, 3))


def opened(page: Page, root: str, query: str) -> Locator:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, query)
    found = page.locator(root)
    found.wait_for()
    return found


def number(text: str | None) -> float:
    return float((text or "").replace("\u2212", "-"))


def test_steps_show_the_numbers_of_the_course(page: Page, app_url: str) -> None:
    step = opened(page, ".step", f"{app_url}/learning?{DIGITS}&learning.weight={WEIGHT}&learning.rate=0.001")
    course = cached.course(SNAPSHOT, SEVEN, 0.001, 20, WEIGHT)
    for taken in range(3):
        assert number(step.locator(".loss b").text_content()) == pytest.approx(course.losses[taken], rel=1e-3, abs=1e-4)
        written = re.search(r"log ([\d.e\u2212]+) =", step.locator(".loss p").first.inner_text())
        assert written is not None
        assert -np.log(number(written[1])) == pytest.approx(course.losses[taken], rel=0.02, abs=1e-4)
        rows = step.locator("tbody tr:not(.sum)")
        logits = [number(rows.nth(place).locator("td").nth(2).text_content()) for place in range(10)]
        np.testing.assert_allclose(logits, course.logits[taken], atol=6e-4)
        slopes = [number(rows.nth(place).locator("td").nth(7).text_content()) for place in range(10)]
        assert sum(slopes) == pytest.approx(0, abs=1e-3)
        expect(step.locator("dl dd b").first).to_have_text(re.compile(r"^\u2212?[0-9.e-]+$"))
        assert number(step.locator("dl dd b").first.text_content()) == pytest.approx(course.slopes[taken], rel=2e-3)
        step.get_by_role("button", name="Step", exact=True).click()
    expect(step).to_have_attribute("data-at", "3")
    expect(page).to_have_url(re.compile(r"learning\.taken=3"))
    page.reload()
    expect(page.locator(".step")).to_have_attribute("data-at", "3")
    page.locator(".step").get_by_role("button", name="Start over").click()
    expect(page.locator(".step")).to_have_attribute("data-at", "0")


def test_any_weight_is_picked_by_click_and_by_keyboard(page: Page, app_url: str) -> None:
    step = opened(page, ".step", f"{app_url}/learning?{DIGITS}&learning.weight={WEIGHT}")
    expect(step.locator(".which")).to_have_text("conv2d, kernel of filter 4 for blue, row 0, column 1")
    cells = [number(each) for each in step.locator(".of-slope .cells button").all_text_contents()]
    around = cached.slopes(SNAPSHOT, SEVEN).gradients["conv2d.kernel"][..., 2, 3]
    np.testing.assert_allclose(cells, around.ravel(), rtol=0.06)  # two digits of each
    expect(step.locator(".of-weight .cells button").nth(5)).to_have_attribute(
        "aria-label", re.compile("^row 1, column 2: ")
    )
    step.locator(".of-slope .cells button").nth(8).click()
    expect(step.locator(".which")).to_have_text("conv2d, kernel of filter 4 for blue, row 2, column 2")
    expect(page).to_have_url(re.compile(r"learning\.weight=conv2d\.kernel\.2\.2\.2\.3"))
    strip = step.get_by_label("filter", exact=True)
    strip.focus()
    page.keyboard.press("ArrowRight")
    expect(step.locator(".which")).to_have_text("conv2d, kernel of filter 5 for blue, row 2, column 2")
    step.get_by_label("Weights of").select_option("dense.kernel")
    expect(step.locator(".which")).to_have_text(re.compile("^dense, weight from input"))
    gradient = cached.slopes(SNAPSHOT, SEVEN).gradients["dense.kernel"]
    shown = number(step.locator("dl dd b").first.text_content())
    assert abs(shown) == pytest.approx(float(np.abs(gradient).max()), rel=2e-3)  # the steepest of them
    step.locator(".painted").first.focus()
    before = step.locator(".which").text_content()
    page.keyboard.press("ArrowDown")
    expect(step.locator(".which")).not_to_have_text(before or "")


def test_a_rate_crawls_falls_jumps_and_climbs(page: Page, app_url: str) -> None:
    slope = opened(page, ".slope", f"{app_url}/learning?{DIGITS}&learning.view=Slope&learning.weight=dense_1.bias.3")
    rate = slope.get_by_label("Learning rate")
    seen = []
    for pace in (0, 25, 50, 75, 100):
        rate.fill(str(pace))
        seen.append(slope.get_attribute("data-verdict"))
    assert seen[0] == "crawls"
    assert "falls" in seen
    assert seen[-1] in ("jumps", "climbs")
    rate.fill("50")
    before = slope.get_attribute("data-place")
    slope.get_by_role("button", name="Step", exact=True).click()
    expect(slope).to_have_attribute("data-step", "1")
    assert slope.get_attribute("data-place") != before
    slope.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(slope).to_have_attribute("data-step", "0")
    assert float(slope.get_attribute("data-place") or 0) > float(before or 0)


def test_slopes_between_measured_losses_are_those_of_the_tape(page: Page, app_url: str) -> None:
    """The browser's curve against losses and slopes measured anew in between."""
    open_page(page, app_url)
    batch = Batch(dataset="digits", split="train", position=5, count=32)
    weight = Weight("dense_1.bias", (3,))
    found = cached.section(SNAPSHOT, batch, weight, SAMPLES)
    valley = {"low": found.values[0], "high": found.values[-1], "losses": found.losses.tolist()}
    page.evaluate(f"() => {{ window.valley = {modules.script(FOLDER / 'slope' / 'valley.js')}; }}")
    places = np.linspace(found.values[0], found.values[-1], 14)[1:-1]
    heights = "([valley, places]) => places.map((each) => window.valley.heightAt(valley, each))"
    drawn = page.evaluate(heights, [valley, places.tolist()])
    from core.model.inference import descent

    measured = descent.losses_along(cached.network(SNAPSHOT), cached.examples(batch), weight, places)
    np.testing.assert_allclose([each["height"] for each in drawn], measured, rtol=1e-3)
    here = page.evaluate("([valley, place]) => window.valley.heightAt(valley, place)", [valley, found.value])
    assert here["slope"] == pytest.approx(found.slope, rel=0.02)


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("SGD", lambda rate: keras.optimizers.SGD(rate)),
        ("momentum", lambda rate: keras.optimizers.SGD(rate, momentum=0.9)),
        ("Adam", lambda rate: keras.optimizers.Adam(rate)),
    ],
)
def test_the_three_are_the_optimizers_of_keras(
    page: Page, app_url: str, name: str, optimizer: Callable[[float], keras.Optimizer]
) -> None:
    """From one start with the same slopes: those of the browser's own surface, asked for where Keras' weights are."""
    open_page(page, app_url)
    page.evaluate(f"() => {{ window.ways = {modules.script(FOLDER / 'landscape' / 'ways.js')}; }}")
    found = landscape.stored(find_run("digits"))
    assert found is not None
    land = {
        "x0": found.across[0], "y0": found.along[0], "step": found.across[1] - found.across[0],
        "columns": len(found.across), "rows": len(found.along), "heights": found.losses.ravel().tolist(),
    }  # fmt: skip
    start = found.path[0].tolist()
    way = page.evaluate("([name, land, start]) => window.ways.way(name, land, start, 0.02)", [name, land, start])
    place, keras_one = keras.Variable(np.array(start), dtype="float64"), optimizer(0.02)
    for step in range(1, min(15, len(way))):
        here = np.asarray(place.value).tolist()
        slope = page.evaluate("([land, here]) => window.ways.heightAt(land, here).slope", [land, here])
        keras_one.apply([tf.constant(slope, tf.float64)], [place])
        np.testing.assert_allclose(way[step], np.asarray(place.value), atol=2e-5)


def test_the_landscape_is_walked_and_started_elsewhere(page: Page, app_url: str) -> None:
    land = opened(page, ".landscape", f"{app_url}/learning?{DIGITS}&learning.view=Landscape")
    first = land.locator(".legend").text_content()
    land.get_by_role("button", name="Step", exact=True).click()
    expect(land).to_have_attribute("data-step", "1")
    expect(land.locator(".legend")).not_to_have_text(first or "")
    land.get_by_role("button", name="Play", exact=True).click()
    eventually(lambda: _past(land, 5))
    land.locator(".map canvas").click(position={"x": 200, "y": 120})
    expect(land).to_have_attribute("data-step", "0")
    expect(page).to_have_url(re.compile(r"learning\.start="))
    before = land.locator(".hill canvas").evaluate("(canvas) => canvas.toDataURL()")
    land.locator(".hill canvas").focus()
    page.keyboard.press("ArrowLeft")
    assert land.locator(".hill canvas").evaluate("(canvas) => canvas.toDataURL()") != before


def _past(land: Locator, step: int) -> None:
    assert int(land.get_attribute("data-step") or 0) > step


def test_the_way_back_opens_any_map_and_reads_its_numbers(page: Page, app_url: str) -> None:
    back = opened(page, ".back", f"{app_url}/learning?{DIGITS}&learning.view=Way back")
    back.get_by_role("button", name=re.compile(r"^max_pooling2d, map")).first.click()
    expect(back.locator(".words .name")).to_have_text(re.compile("^max_pooling2d, map"))
    expect(back.locator(".words p").nth(1)).to_contain_text("only the winner")
    expect(page).to_have_url(re.compile(r"learning\.map=max_pooling2d\."))
    reading = back.locator(".reading").text_content()
    back.locator(".pane").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(back.locator(".reading")).not_to_have_text(reading or "")


def test_a_smooth_activation_is_not_said_to_stop_slopes(page: Page, app_url: str) -> None:
    back = opened(page, ".back", f"{app_url}/learning?run=strong&learning.view=Way back&learning.map=conv2d.4")
    expect(back.locator(".words p").nth(1)).to_have_text(re.compile("^SiLU multiplies each slope by its own there: "))
    expect(page.locator(".lesson-insight")).to_contain_text("SiLU multiplies it by its own slope")
