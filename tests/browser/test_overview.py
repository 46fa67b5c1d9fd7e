"""The whole network at work in real Chromium: pictures and numbers against Keras, what unfolds, what one changes."""

import re
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.charts import color
from core.data import changes
from core.data.sets import sample
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.shared import flow, modules
from tests.browser.conftest import eventually, open_page, pixels, settled
from tests.browser.test_axe import violations
from tests.browser.test_forward import by_keras

IMAGE = np.asarray(sample.load().test.images[0])
MODEL = Snapshot(find_run("tutorial"), 10).keras_model


def open_overview(page: Page, url: str, asks: str = "") -> None:
    open_page(page, f"{url}/{asks}")
    expect(page.locator("div.flow[data-drawn]")).to_be_visible()
    settled(page)


def drawn(page: Page, selector: str) -> np.ndarray:
    return pixels(page.locator(selector).first).astype(int)


def drawn_map(page: Page, x: int, y: int, height: int) -> np.ndarray:
    """Return the map at a place, (height, height, 3), as its layer's one canvas shows it."""
    block = page.locator(".flow .tiles").nth(x)
    picture = pixels(block.locator("canvas.plate")).astype(int)
    rows = int(block.evaluate("tiles => tiles.style.getPropertyValue('--rows')"))
    tile = len(picture) // rows
    middles = (1 + (np.arange(height) + 0.5) * (tile - 2) / height).astype(int)
    return picture[np.ix_(y % rows * tile + middles, y // rows * tile + middles)]


def odds(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def percents(page: Page) -> list[str]:
    return page.locator(".flow .row .value").all_text_contents()


def written(share: float) -> str:
    return "< 1 %" if share < 0.005 else "> 99 %" if share >= 0.995 else f"{round(100 * share)} %"


def test_all_maps_are_drawn_with_one_scale_a_layer_and_the_answer_is_keras(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 2560, "height": 1600})  # of every map each pixel is on the screen
    open_overview(page, app_url)
    expect(page.locator(".flow .map")).to_have_count(4 + 32 + 32 + 32 + 32 + 64)
    layers = by_keras(MODEL(), IMAGE[np.newaxis])
    np.testing.assert_array_equal(drawn(page, '.map[data-x="0"][data-y="0"] canvas'), IMAGE)
    for x, y in ((1, 2), (2, 9), (3, 31), (5, 63)):
        values = layers[x - 1][0]
        sizes = np.sort(np.abs(values), axis=None)
        wanted = color.signed(values[..., y], sizes[int(0.99 * (sizes.size - 1))])
        np.testing.assert_allclose(drawn_map(page, x, y, len(values)), wanted.astype(int), atol=1)
    assert percents(page) == [written(share) for share in odds(layers[-1][0])]
    logits = page.locator(".flow .logit").all_text_contents()
    np.testing.assert_allclose([float(text.replace("−", "-")) for text in logits], layers[-1][0], atol=0.051)


def test_whatever_is_done_to_the_image_shows_at_once_and_the_server_hears_of_it_when_the_hands_rest(
    page: Page, app_url: str
) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_overview(page, app_url)
    before = percents(page)
    page.get_by_role("button", name="Change image").click()
    eventually(lambda: assert_equal(percents(page), before))
    sent.clear(), asked.clear()
    for kind, strength in (("shift", 4), ("turn", 90), ("light", 50), ("noise", 40), ("cover", 16)):
        page.get_by_label("What is done to the image").select_option(kind)
        page.locator(".bench input[type=range]").fill(str(strength))
        eventually(lambda: answers_are_those_of_what_is_shown(page))
        assert percents(page) != before
    page.get_by_label("What is done to the image").select_option("paint")
    box = page.locator('.map[data-x="0"][data-y="0"]').bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 70, steps=8)
    page.mouse.up()
    eventually(lambda: answers_are_those_of_what_is_shown(page))
    assert (drawn(page, '.map[data-x="0"][data-y="0"] canvas') != IMAGE).any(axis=-1).sum() > 10
    page.get_by_role("button", name="Undo all").click()
    eventually(lambda: assert_equal(percents(page), before))
    assert len(sent) <= 7 and asked == []  # at most once for each of the changes above


def test_what_is_changed_is_in_the_address_and_back_brings_it_back(page: Page, app_url: str) -> None:
    asks = (
        "?run=tutorial&overview.change=cover.9.12.20&overview.paint=d02020EEGG.00ff00gg&overview.off=conv2d.3,conv2d.9"
    )
    open_overview(page, app_url, asks)
    expect(page.get_by_label("What is done to the image")).to_have_value("cover")
    wanted = IMAGE.copy()
    for shade, places in (((208, 32, 32), ((4, 4), (6, 6))), ((0, 255, 0), ((32, 32),))):
        for row, column in places:  # in half pixels, as in the address
            y, x = np.ogrid[:32, :32]
            near = np.hypot(y + 0.5 - (row + 0.5) / 2, x + 0.5 - (column + 0.5) / 2) < 1.6
            wanted[near] = shade
    wanted[8:17, 16:25] = 128
    np.testing.assert_array_equal(drawn(page, '.map[data-x="0"][data-y="0"] canvas'), wanted)
    changed = percents(page)
    assert (drawn_map(page, 1, 8, 30) == 255).all()  # what is switched off is zero
    page.locator(".bench input[type=range]").fill("14")
    expect(page).to_have_url(re.compile(r"overview\.change=cover\.14\.12\.20"))
    page.get_by_role("link", name="Kernels").first.click()
    expect(page.locator("h1").first).to_have_text("Kernels")
    page.go_back()
    expect(page.locator("div.flow[data-drawn]")).to_be_visible()
    expect(page.locator(".bench output")).to_have_text("14 px")
    page.get_by_role("button", name="Undo all").click()
    expect(page).not_to_have_url(re.compile(r"overview\.(change|paint|off)"))
    assert percents(page) != changed
    assert percents(page) == [written(share) for share in odds(by_keras(MODEL(), IMAGE[np.newaxis])[-1][0])]


@pytest.mark.parametrize("asks", ["overview.change=melt.3", "overview.paint=red", "overview.off=conv2d.99"])
def test_nonsense_in_the_address_of_what_is_changed_is_answered(page: Page, app_url: str, asks: str) -> None:
    open_overview(page, app_url, f"?{asks}")
    expect(page.get_by_text(re.compile("This link asks for (change|paint|off)"))).to_be_visible()


def test_the_network_follows_the_epochs_slider_while_the_server_hears_of_its_end_alone(
    page: Page, app_url: str
) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    open_overview(page, app_url, "?run=tutorial")
    slider = page.locator(".st-key-sidebar-epoch input")
    sent.clear()
    for epoch in (9, 8, 7):
        slider.press("ArrowLeft")
        logits = by_keras(Snapshot(find_run("tutorial"), epoch).keras_model(), IMAGE[np.newaxis])[-1][0]
        eventually(lambda logits=logits: assert_equal(percents(page), [written(share) for share in odds(logits)]))
    expect(page).to_have_url(re.compile("epoch=7"))
    assert len(sent) <= 3
    settled(page)
    thumb = page.locator(".st-key-sidebar-epoch [data-testid=stSliderThumbValue]").bounding_box()
    assert thumb
    middle, below = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] + 4
    page.mouse.move(middle, below)
    page.mouse.down()
    sent.clear()
    page.mouse.move(20, below, steps=20)  # to the left end, past seven snapshots
    page.mouse.up()
    expect(page).to_have_url(re.compile("epoch=0"))
    assert len(sent) <= 3


def assert_equal(one: object, other: object) -> None:
    assert one == other


def answers_are_those_of_what_is_shown(page: Page) -> None:
    shown = drawn(page, '.map[data-x="0"][data-y="0"] canvas').astype(np.uint8)
    assert percents(page) == [written(share) for share in odds(by_keras(MODEL(), shown[np.newaxis])[-1][0])]


CHANGED = f"""([kind, strength]) => {{
  const {{ CHANGES }} = {modules.script(Path(flow.__file__).parent / "changes.js")};
  return [...CHANGES[kind].apply(new Uint8ClampedArray(IMAGE), {{ strength, row: 10, column: 20 }})];
}}"""


def changed(page: Page, kind: str, strength: int) -> np.ndarray:
    script = CHANGED.replace("IMAGE", str(IMAGE.ravel().tolist()))
    return np.reshape(page.evaluate(script, [kind, strength]), IMAGE.shape)


def test_changes_equal_an_independent_computation(page: Page) -> None:
    mirrored = np.pad(IMAGE, ((0, 0), (4, 0), (0, 0)), mode="reflect")[:, :32]
    np.testing.assert_array_equal(changed(page, "shift", 4), mirrored)
    np.testing.assert_array_equal(changed(page, "light", 50), changes.darkened(IMAGE, 0.5 + 1e-9))
    np.testing.assert_allclose(changed(page, "turn", 90), np.rot90(IMAGE), atol=1)
    np.testing.assert_array_equal(changed(page, "turn", 0), IMAGE)
    covered = IMAGE.copy()
    covered[6:14, 16:24] = 128
    np.testing.assert_array_equal(changed(page, "cover", 8), covered)
    spread = changed(page, "noise", 10).astype(float) - IMAGE
    assert spread[(IMAGE > 50) & (IMAGE < 205)].std() == pytest.approx(10, rel=0.1)


def test_a_map_unfolds_into_what_it_is_computed_from_and_its_numbers(page: Page, app_url: str) -> None:
    open_overview(page, app_url)
    tile = page.locator('.map[data-x="3"][data-y="6"]')
    tile.click()
    panel = page.locator(".flow .panel")
    expect(panel).to_have_attribute("aria-label", "conv2d_1, map 7 of 32")
    expect(panel.locator(".part")).to_have_count(32)
    panel.locator(".end .picture").first.hover(position={"x": 40, "y": 60})
    said = page.locator(".panel > .said")
    expect(said).to_contain_text(re.compile(r"Row \d+, column \d+: 32 parts"))
    row, column = map(int, re.findall(r"\d+", said.inner_text())[:2])
    value = by_keras(MODEL(), IMAGE[np.newaxis])[2][0, row, column, 6]
    assert last_number(said.inner_text()) == pytest.approx(value, abs=6e-4)
    panel.get_by_role("button", name="Numbers").click()
    expect(panel.locator(".terms li")).to_have_count(27)
    expect(panel.locator(".terms .said")).to_contain_text("288 products, the 27 largest below, the other 261 add")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(tile).to_be_focused()


def test_a_filter_switched_off_changes_the_answer_until_it_is_on_again(page: Page, app_url: str) -> None:
    open_overview(page, app_url)
    before = percents(page)
    page.locator('.map[data-x="1"][data-y="2"]').click()
    panel = page.locator(".flow .panel")
    expect(panel.locator(".part")).to_have_count(3)
    panel.get_by_role("button", name="Switch off").click()
    assert percents(page) != before
    panel.get_by_role("button", name="Switch on").click()
    assert percents(page) == before


def test_pooling_dense_and_softmax_unfold_too(page: Page, app_url: str) -> None:
    open_overview(page, app_url)
    panel = page.locator(".flow .panel")
    page.locator('.map[data-x="2"][data-y="6"]').click()
    panel.locator(".picture").last.hover(position={"x": 50, "y": 50})
    numbers = re.findall(r"\d\.\d\d", panel.locator(".said").inner_text())
    assert len(numbers) == 5 and numbers[-1] == max(numbers[:4])
    panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name=re.compile("cat: logit")).click()
    expect(panel.locator(".said")).to_contain_text("64 products, the 27 largest below, the other 37 add")
    panel.locator("button.where").first.click()
    expect(panel).to_have_attribute("aria-label", re.compile(r"dense, unit \d+ of 64"))
    expect(panel.locator(".part")).to_have_count(64)
    panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name=re.compile("cat: probability")).click()
    expect(panel.locator("tbody tr")).to_have_count(10)
    logits = by_keras(MODEL(), IMAGE[np.newaxis])[-1][0]
    total = float(re.findall(r"add up to ([\d.]+);", panel.locator(".said").inner_text())[0])
    assert total == pytest.approx(np.exp(logits).sum(), rel=1e-3)


def test_an_unfolded_map_has_an_address(page: Page, app_url: str) -> None:
    open_overview(page, app_url, "?run=tutorial&overview.map=conv2d_2.5&overview.unfolded=true")
    expect(page.locator(".flow .panel")).to_have_attribute("aria-label", "conv2d_2, map 5 of 64")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("unfolded"))
    page.locator('.map[data-x="1"][data-y="3"]').click()
    expect(page).to_have_url(re.compile(r"overview\.unfolded=true"))


def test_a_pixel_says_what_it_sees_and_a_logit_what_it_never_does(page: Page, app_url: str) -> None:
    open_overview(page, app_url)
    tile = page.locator('.map[data-x="5"][data-y="9"]')
    box = tile.bounding_box()
    assert box
    tile.hover(position={"x": box["width"] * 0.6, "y": box["height"] * 0.4})
    words = page.locator(".flow .lens p")
    expect(words).to_contain_text("Row 1, column 2 sees 18 × 18 pixels of the input: rows 4–21, columns 8–25.")
    expect(page.locator(".flow .tiles.seen")).to_have_count(5)
    page.locator(".flow .row").first.hover()
    expect(words).to_contain_text("never rows 30–31 and columns 30–31: paint there, no logit changes")


def test_what_is_unfolded_stays_when_another_epoch_is_chosen(page: Page, app_url: str) -> None:
    open_overview(page, app_url)
    page.locator('.map[data-x="3"][data-y="6"]').click()
    panel = page.locator(".flow .panel")
    panel.locator(".end .picture").first.hover(position={"x": 40, "y": 60})
    said = page.locator(".panel > .said")
    before = said.inner_text()
    page.get_by_role("slider", name=re.compile("Snapshot")).press("ArrowLeft")
    expect(said).not_to_have_text(before)
    layers = by_keras(Snapshot(find_run("tutorial"), 9).keras_model(), IMAGE[np.newaxis])
    row, column = map(int, re.findall(r"\d+", said.inner_text())[:2])
    assert last_number(said.inner_text()) == pytest.approx(layers[2][0, row, column, 6], abs=6e-4)
    assert percents(page) == [written(share) for share in odds(layers[-1][0])]


def last_number(words: str) -> float:
    return float(words.rstrip(".").split()[-1].replace("−", "-"))


def test_maps_of_a_deep_layer_that_have_no_room_unfold_from_the_sheet_of_all(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_overview(page, app_url, "?run=strong")
    expect(page.locator(".flow .map")).to_have_count(4 + 10 * 10)
    beyond = page.locator(".flow .stage").evaluate("stage => stage.scrollWidth - stage.clientWidth")
    assert beyond <= 0, "the last column's % is cut off"
    page.get_by_role("button", name="all 256 maps of conv2d_7").click()
    panel = page.locator(".flow .panel")
    expect(panel.locator(".tile")).to_have_count(256)
    panel.locator(".tile").nth(150).click()
    expect(panel).to_have_attribute("aria-label", "conv2d_7, map 151 of 256")
    expect(panel.locator(".part")).to_have_count(128)
    panel.get_by_role("button", name="Numbers").click()
    expect(panel.locator(".terms .said")).to_contain_text("products")
    expect(panel.locator(".terms .said")).not_to_contain_text("bias")  # it has none
    panel.get_by_role("button", name="Close").click()
    page.locator('.map[data-x="1"][data-y="0"]').click()
    expect(panel.locator(".end")).to_contain_text(re.compile(r"SiLU of sum \+ "))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_unfolds_and_the_bench_break_no_rule_of_accessibility(
    page: Page, app_url: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    open_overview(page, app_url)
    page.get_by_role("button", name="Change image").click()
    opened = (
        page.locator('.map[data-x="3"][data-y="6"]'),
        page.locator('.map[data-x="2"][data-y="6"]'),
        page.get_by_role("button", name=re.compile("cat: logit")),
        page.get_by_role("button", name=re.compile("cat: probability")),
    )
    for each in opened:
        each.click()
        expect(page.locator(".flow .panel")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Close", exact=True).last.click()
