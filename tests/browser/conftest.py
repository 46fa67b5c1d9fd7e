"""Real Chromium against a real server. A test fails on any error box, dialog or console error it did not expect."""

import base64
import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from core.config import Settings
from core.data.sets import cifar10
from tests.browser.nginx import NGINX
from tests.browser.server import running_app
from tests.conftest import CIFAR10

expect.set_options(timeout=20_000)
"""A busy machine takes its time; what is right at once costs no wait."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--process-per-site",  # see `windows`
]

# Streamlit asks for these two relative to a deep link before it knows the app's root; it logs their 404 itself.
EXPECTED_404 = re.compile(r"/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
    if NGINX is None:
        left_out = [item for item in items if item.get_closest_marker("nginx")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as instance:
        yield instance


def chromium() -> str | None:
    """Return the machine's own Chromium; None where there is none, for Playwright's."""
    return shutil.which("chromium")


def launch(playwright: Playwright) -> Browser:
    """Start Chromium."""
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    instance = launch(playwright)
    yield instance
    instance.close()


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as a newcomer without a network sees it: 20 bundled CIFAR-10 images and the digits."""
    with running_app(tmp_path_factory.mktemp("browser-home")) as url:
        yield url


@pytest.fixture(scope="session")
def cifar10_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with all of CIFAR-10."""
    assert CIFAR10, "tests marked cifar10 need the environment variable CONVSCOPE_CIFAR10"
    home = tmp_path_factory.mktemp("browser-cifar10")
    cifar10.load(replace(Settings.from_environ(), home=home, cifar10=Path(CIFAR10)))  # converts, as a first start does
    with running_app(home, CONVSCOPE_CIFAR10=CIFAR10) as url:
        yield url


DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"
}  # fmt: skip


@contextmanager
def windows(browser: Browser, kind: dict[str, Any]) -> Iterator[BrowserContext]:
    """Open windows of a kind. A tab stays in it, and with it the process, which keeps the scripts that it has read."""
    visitors = browser.new_context(**kind)
    stays = visitors.new_page()
    stays.route("**", lambda route: route.fulfill(body=""))
    stays.goto("http://127.0.0.1")
    yield visitors
    visitors.close()


@contextmanager
def visit(visitors: BrowserContext) -> Iterator[BrowserContext]:
    """Let the next visitor in; afterwards nothing of the visit is left but what the browser has read."""
    yield visitors
    for tab in visitors.pages[1:]:
        tab.close()
    visitors.clear_cookies()
    memory = {"origin": "*", "storageTypes": "local_storage"}
    visitors.new_cdp_session(visitors.pages[0]).send("Storage.clearDataForOrigin", memory)


@pytest.fixture(scope="session")
def desks(browser: Browser) -> Iterator[BrowserContext]:
    with windows(browser, DESK) as visitors:
        yield visitors


@pytest.fixture(scope="session")
def phones(browser: Browser) -> Iterator[BrowserContext]:
    with windows(browser, PHONE) as visitors:
        yield visitors


@pytest.fixture
def context(desks: BrowserContext) -> Iterator[BrowserContext]:
    """One visitor: cookies of its own, a 1440 x 900 window."""
    with visit(desks) as visitor:
        yield visitor


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor whose browser has read nothing yet."""
    visitor = browser.new_context(**DESK)
    yield visitor
    visitor.close()


@pytest.fixture
def phone(phones: BrowserContext) -> Iterator[Page]:
    """One tab on a phone: touched, and calm afterwards."""
    with visit(phones) as visitor:
        tab = visitor.new_page()
        yield tab
        assert_calm(tab)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """One tab. Afterwards nothing may have gone wrong in it: see `assert_calm`."""
    with watched(context.new_page()) as tab:
        yield tab


@contextmanager
def watched(tab: Page) -> Iterator[Page]:
    """Watch a tab in the block, after which nothing may have gone wrong in it."""
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    tab.on("console", lambda message: complaints.extend(_complaint(message)))
    yield tab
    if not tab.is_closed():
        assert_calm(tab)
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    if message.type != "error" or EXPECTED_404.search(message.location.get("url", "")):
        return []
    return [f"console: {message.text} ({message.location.get('url', '')})"]


_SETTLED = """([wanted, most]) => new Promise((done, fail) => {
  const begun = performance.now();
  const look = () => {
    const stands = document.querySelector(`[data-testid="stApp"][data-test-script-state="notRunning"] ${wanted}`);
    if (stands && !document.querySelector('[data-testid="stSkeleton"]')) done();
    else if (performance.now() - begun > most) fail(new Error(`not drawn: ${document.body.innerText}`));
    else setTimeout(look, 20);
  };
  look();
})"""
"""Looks every 20 ms, where `expect` would let up to a second pass between two looks: every test waits for pages."""


def settled(page: Page, timeout_s: float = 30, *, wanted: str = "*") -> None:
    """Wait until the script has run to its end, nothing waits to be drawn, and something `wanted` is there."""
    page.evaluate(_SETTLED, [wanted, timeout_s * 1000])


def open_page(page: Page, url: str) -> None:
    """Open an address and wait until it is drawn."""
    page.goto(url)
    settled(page, wanted="h1")


_GO_ON = """address => {
  window.history.replaceState(window.history.state, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}"""


def go_on(page: Page, url: str) -> None:
    """Open an address of the app that names no run, as Back does, which costs a third of loading it.

    The page that is opened completes the address by what is chosen.
    """
    page.evaluate(_GO_ON, url)
    page.wait_for_function("asked => window.location.href !== asked", arg=url)
    settled(page, wanted="h1")


_STILL = """() => new Promise((done) => {
  const main = document.querySelector('[data-testid="stMain"]');
  let before = "", alike = 0;
  const look = () => {
    const now = [main.scrollWidth, main.clientWidth, main.scrollHeight, main.clientHeight, main.scrollTop].join();
    alike = now === before ? alike + 1 : 0;
    before = now;
    alike > 15 ? done() : requestAnimationFrame(look);
  };
  look();
})"""


def still(page: Page) -> None:
    """Wait until the page has kept its size and place for a quarter of a second's frames: what is swiped rolls on."""
    page.evaluate(_STILL)


def eventually(check: Callable[[], None], timeout_s: float = 20) -> None:
    """Try `check` until it holds: for what `expect` cannot read, such as the pixels of a canvas."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def pixels(canvas: Locator) -> np.ndarray:
    """Return what a canvas shows at its own resolution, (height, width, 3), uint8. Sent as numbers it took a minute."""
    png = base64.b64decode(canvas.evaluate("canvas => canvas.toDataURL()").partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))[..., :3]


def assert_calm(page: Page) -> None:
    """No error box, no traceback, no dialog."""
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
