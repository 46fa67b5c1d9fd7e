"""How fast the network at work, the tutorial's, answers in Chromium on a screen of 1440 x 900 pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.conftest import Record
from tests.browser.conftest import open_page, settled
from tests.browser.server import running_app

FLOW = """const find = (selector) => {
  for (const host of document.querySelectorAll("*")) {
    const found = host.shadowRoot?.querySelector(selector);
    if (found) return found;
  }
};
const frame = () => new Promise(requestAnimationFrame);
const painted = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage(0);
});
"""

# The image is changed in every frame: from frame to frame; and from the change to the end of the frame that shows it.
CHANGED = f"""async (rounds) => {{ {FLOW}
  const range = find('.bench input[type=range]'), gaps = [], waits = [];
  let last = await frame();
  for (let n = 0; n < rounds; n++) {{
    range.value = (n % 24) - 12;
    const start = performance.now();
    range.dispatchEvent(new Event('input', {{ bubbles: true }}));
    const now = await frame();
    await painted();
    waits.push(performance.now() - start);
    gaps.push(now - last);
    last = now;
  }}
  return [gaps, waits];
}}"""

# The epoch's slider steps in every frame, to and fro, as under a hand that never rests.
SLID = f"""async (rounds) => {{ {FLOW}
  const input = document.querySelector('.st-key-sidebar-epoch input'), gaps = [], waits = [];
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const logits = () => [...find('.rows').querySelectorAll('.logit')].map((each) => each.ariaLabel).join();
  let last = await frame();
  for (let n = 0; n < rounds; n++) {{
    const before = logits(), start = performance.now();
    set.call(input, String(10 - Math.abs((n % 20) - 9)));
    input.dispatchEvent(new Event('input', {{ bubbles: true }}));
    const now = await frame();
    await painted();
    gaps.push(now - last);
    last = now;
    if (logits() !== before) waits.push(performance.now() - start);
  }}
  return [gaps, waits];
}}"""

# A click on a map, until the frame is painted in which it has begun to unfold.
UNFOLDED = f"""async (rounds) => {{ {FLOW}
  const waits = [];
  for (let n = 0; n < rounds; n++) {{
    await frame();
    const start = performance.now();
    find(`.map[data-x="3"][data-y="${{n}}"]`).click();
    await frame();
    await painted();
    waits.push(performance.now() - start);
    find('.panel .close').click();
    await frame();
  }}
  return waits;
}}"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with running_app(tmp_path_factory.mktemp("work-home")) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        open_page(page, f"{url}/?run=tutorial")
        expect(page.locator("div.flow[data-drawn]")).to_be_visible()
        settled(page)
        yield page
        page.close()


def test_changed_image(page: Page, record: Record) -> None:
    page.get_by_role("button", name="Change image").click()
    page.evaluate(CHANGED, 30)
    gaps, waits = page.evaluate(CHANGED, 200)
    record("image changed in every frame: from frame to frame", "ms", gaps, goal=1000 / 30)
    record("a changed image until its frame is painted", "ms", waits, goal=1000 / 30)
    page.get_by_role("button", name="Done").click()


def test_moved_epoch(page: Page, record: Record) -> None:
    page.evaluate(SLID, 40)
    gaps, waits = page.evaluate(SLID, 200)
    record("epoch moved in every frame: from frame to frame", "ms", gaps, goal=1000 / 30)
    record("another epoch until its frame is painted", "ms", waits, goal=1000 / 30)


def test_unfolded_map(page: Page, record: Record) -> None:
    record("a map unfolds: first frame", "ms", page.evaluate(UNFOLDED, 20), goal=50)
