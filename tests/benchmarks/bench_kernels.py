"""How fluent the kernel stage is: frames while sliding, edits at 32 x 32 and 512 x 512, and how fast Python follows."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.conftest import Record
from tests.browser.conftest import open_page
from tests.browser.server import running_app

ROUNDS = 25

# The stage lies in a shadow root; `find` reaches into it. An edit is what typing a number is: a value, an input event.
TOOLS = """
const hosts = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')].map((host) => host.shadowRoot);
const root = hosts.find((shadow) => shadow?.querySelector(".stage"));
const find = (selector) => root.querySelector(selector);
const frame = () => new Promise(requestAnimationFrame);
const edit = (value) => {
  const cell = find(".cells input");
  cell.value = value;
  cell.dispatchEvent(new Event("input", { bubbles: true }));
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
"""

SLIDE = (
    "async () => {"
    + TOOLS
    + """
  const target = find('[data-picture="input"]');
  const box = target.getBoundingClientRect();
  const gaps = [];
  let before = null;
  for (let step = 0; step < 180; step++) {
    const now = await frame();
    if (before !== null) gaps.push(now - before);
    before = now;
    const start = performance.now();
    target.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse",
      clientX: box.left + box.width * (0.5 + 0.45 * Math.sin(step / 9)),
      clientY: box.top + box.height * (0.5 + 0.45 * Math.cos(step / 13)) }));
  }
  return gaps;
}"""
)

EDIT = (
    "async (rounds) => {"
    + TOOLS
    + """
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    await frame();
    const shown = find('[data-text="range"]').textContent;
    const start = performance.now();
    edit(String(round + 2));
    find(".stage").getBoundingClientRect();
    if (find('[data-text="range"]').textContent === shown) throw new Error("nothing was repainted");
    samples.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return samples;
}"""
)

LARGE = (
    "async (rounds) => {"
    + TOOLS
    + """
  const preview = [], whole = [], longest = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    edit(String(round + 2));
    preview.push(performance.now() - start);
    if (find(".stage").dataset.preview !== "true") throw new Error("no preview");
    let before = performance.now(), gap = 0;
    while (find(".stage").dataset.preview === "true") {
      await new Promise((resolve) => setTimeout(resolve));
      gap = Math.max(gap, performance.now() - before);
      before = performance.now();
    }
    whole.push(performance.now() - start);
    longest.push(gap);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { preview, whole, longest };
}"""
)

FOLLOW = (
    "async (rounds) => {"
    + TOOLS
    + """
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const wanted = `${round + 50}.25`;
    const start = performance.now();
    edit(wanted);
    while (!document.querySelector('[data-testid="stCode"]').innerText.includes(wanted)) await frame();
    samples.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  return samples;
}"""
)


@pytest.fixture(scope="module")
def laboratory(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The kernels page with TensorFlow loaded."""
    with running_app(tmp_path_factory.mktemp("bench-kernels")) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        open_page(page, f"{url}/kernels")
        page.get_by_text("TensorFlow is loading").first.wait_for(state="detached", timeout=120_000)
        page.locator(".stage .cells input").first.wait_for()
        page.wait_for_timeout(2000)
        yield page
        page.close()


def test_sliding(laboratory: Page, record: Record) -> None:
    record("kernel stage: time between frames while sliding", "ms", laboratory.evaluate(SLIDE))


def test_edit_at_32(laboratory: Page, record: Record) -> None:
    record("kernel stage: edit to repaint, 32 x 32 with 3 x 3", "ms", laboratory.evaluate(EDIT, ROUNDS))
    laboratory.locator('[data-control="size"]').select_option("7")
    record("kernel stage: edit to repaint, 32 x 32 with 7 x 7", "ms", laboratory.evaluate(EDIT, ROUNDS))
    laboratory.locator('[data-control="size"]').select_option("3")


def test_python_follows(laboratory: Page, record: Record) -> None:
    record("kernel stage: edit until Python's code shows it", "ms", laboratory.evaluate(FOLLOW, ROUNDS))


@pytest.mark.parametrize("color", ["red", "filter"])
def test_edit_at_512(laboratory: Page, record: Record, tmp_path: Path, color: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    laboratory.get_by_text("Your own", exact=True).click()
    laboratory.get_by_role("button", name="Choose a file").click()
    laboratory.locator('input[type="file"]').set_input_files(tmp_path / "noise.png")
    expect(laboratory.locator('[data-text="input-size"]')).to_have_text("512 × 512", timeout=20_000)
    laboratory.keyboard.press("Escape")
    laboratory.locator('[data-control="color"]').select_option(color)
    laboratory.locator('[data-control="size"]').select_option("7")
    laboratory.get_by_role("button", name="Random").click()
    laboratory.wait_for_timeout(1500)
    times = laboratory.evaluate(LARGE, ROUNDS)
    what = f"512 x 512 with 7 x 7, {'three channels' if color == 'filter' else 'one channel'}"
    record(f"kernel stage: edit to preview, {what}", "ms", times["preview"])
    record(f"kernel stage: edit to whole result, {what}", "ms", times["whole"])
    record(f"kernel stage: longest block meanwhile, {what}", "ms", times["longest"])
