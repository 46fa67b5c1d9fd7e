"""How fluent the training laboratory is: an edit of the network, a step of the time machine, another image to pool."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.benchmarks.conftest import Record
from tests.browser.conftest import open_page
from tests.browser.server import running_app

# Runs in the page with the shadow root that holds `selector` as `root`: acts, then waits, frame by frame, until `done`.
STOPWATCH = """async ([selector, act, done]) => {
  const host = [...document.querySelectorAll("*")].find((one) => one.shadowRoot?.querySelector(selector));
  const root = host.shadowRoot;
  const before = root.querySelector(selector).dataset.version;
  const start = performance.now();
  eval(act);
  do await new Promise(requestAnimationFrame); while (!eval(done));
  return performance.now() - start;
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("bench-lab")) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 1280, "height": 720})
    yield tab
    tab.close()


def test_time_machine(page: Page, url: str, record: Record) -> None:
    open_page(page, f"{url}/training?training.view=Time+machine")
    page.locator(".machine .bars li").first.wait_for(timeout=120_000)
    page.wait_for_timeout(3000)
    samples = []
    for position in [*range(11), *range(10, -1, -1)]:
        act = f"""const slider = root.querySelector("input"); slider.value = {position};
                  slider.dispatchEvent(new Event("input"))"""
        done = f"""root.querySelector(".machine").dataset.epoch === "{position}" """
        samples.append(float(page.evaluate(STOPWATCH, [".machine", act, done])))
        page.wait_for_timeout(30)
    record("a step of the time machine, painted", "ms", samples)


def test_builder(page: Page, url: str, record: Record) -> None:
    open_page(page, f"{url}/classify")
    page.get_by_text("TensorFlow is loading").wait_for(state="detached", timeout=120_000)  # it competes with every edit
    open_page(page, f"{url}/network")
    page.locator(".builder .row").first.wait_for()
    page.wait_for_timeout(3000)
    drawn, answered = [], []
    for attempt in range(10):
        act = f"""const add = root.querySelector('.row[data-path="0"] .add'); add.value = "ReLU";
                  add.dispatchEvent(new Event("change")); window.rows = {9 + attempt}"""
        done = """root.querySelectorAll(".row[data-path]").length >= window.rows"""
        drawn.append(float(page.evaluate(STOPWATCH, [".builder", act, done])))
        page.wait_for_timeout(700)
        act = """const filters = root.querySelector('[data-id="0.filters"]'); filters.value = Number(filters.value) + 1;
                 filters.dispatchEvent(new Event("input"))"""
        done = """root.querySelector(".builder").dataset.version !== before"""
        answered.append(float(page.evaluate(STOPWATCH, [".builder", act, done])))
        page.wait_for_timeout(500)
    record("adding a layer until it stands in the table", "ms", drawn)
    record("editing a layer until shapes, parameters and drawing follow", "ms", answered)
