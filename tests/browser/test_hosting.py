"""Wherever a server stands: below a base path, and behind nginx at the root, there, or with a prefix taken away."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import open_page, settled
from tests.browser.nginx import running_nginx, site
from tests.browser.server import free_port, running_app
from tests.browser.test_frames import send_picture
from tests.browser.test_shell import PAGES

BASE = "courses/cnn"


@pytest.fixture(scope="session")
def based_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server below a base path."""
    with running_app(tmp_path_factory.mktemp("based-home"), STREAMLIT_SERVER_BASE_URL_PATH=BASE) as url:
        yield url


@pytest.fixture(scope="session")
def proxied(app_url: str, based_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses in nginx: of the app at a root, of the one with a base path, and of an app whose prefix is taken away.

    The root has a port of its own: Streamlit's pages look for their server there too.
    """
    root, below = free_port(), free_port()
    home = f"location / {{ proxy_pass {app_url}; }}"
    locations = (
        f"location /{BASE}/ {{ proxy_pass {based_url.removesuffix(BASE).rstrip('/')}; }}",
        f"location /lab/ {{ proxy_pass {app_url}/; proxy_redirect / /lab/; }}",
    )
    folder = tmp_path_factory.mktemp("nginx")
    with running_nginx(folder, site(root, home), site(below, *locations), port=below):
        address = f"http://127.0.0.1:{below}"
        yield {"root": f"http://127.0.0.1:{root}", "base path": f"{address}/{BASE}", "prefix": f"{address}/lab"}


@pytest.fixture(
    params=[
        "no proxy",
        pytest.param("root", marks=pytest.mark.nginx),
        pytest.param("base path", marks=pytest.mark.nginx),
        pytest.param("prefix", marks=pytest.mark.nginx),
    ]
)
def hosted(request: pytest.FixtureRequest) -> str:
    """The address under which a visitor sees the app."""
    if request.param == "no proxy":
        return request.getfixturevalue("based_url")
    return request.getfixturevalue("proxied")[request.param]


@pytest.fixture
def context(newcomer: BrowserContext) -> BrowserContext:
    return newcomer


@pytest.fixture
def answers(page: Page) -> list[Response]:
    """Every answer that the tab got, in order."""
    got: list[Response] = []
    page.on("response", lambda response: got.append(response))
    return got


def test_every_page_opens_by_a_deep_link_whole_and_asks_below_its_own_address(
    page: Page, hosted: str, answers: list[Response]
) -> None:
    for name in PAGES:
        open_page(page, f"{hosted}/{name}")
        expect(page.locator("h1").first).to_have_text(re.compile(name, re.IGNORECASE))
    root = urlsplit(hosted).path + "/"
    asked = [urlsplit(answer.url).path for answer in answers if answer.url.startswith("http")]
    assert {path for path in asked if not path.startswith(root)} == set()
    assert page.evaluate("document.fonts.check('16px \"Plex Sans\"')")
    fonts = [answer for answer in answers if "ibm-plex" in answer.url]
    assert fonts and {answer.headers["content-type"] for answer in fonts} == {"font/woff2"}
    scripts = [answer for answer in answers if re.search(r"/static/js/index\.[^/]*\.js$", answer.url)]
    assert scripts and scripts[0].headers["content-encoding"] == "gzip"
    page.get_by_role("link", name="Overview").first.click()
    expect(page).to_have_url(re.compile(f"{re.escape(hosted)}/(\\?.*)?$"))
    settled(page)


def test_curves_are_asked_for_and_drawn_and_the_network_is_saved_as_one(
    page: Page, hosted: str, answers: list[Response], tmp_path: Path
) -> None:
    open_page(page, f"{hosted}/training?data=digits&run=digits")
    expect(page.locator(".live .plot.loss")).to_have_attribute("data-points", re.compile(r"[1-9]\d+"))
    asked = [answer for answer in answers if "/live/runs/digits" in answer.url]
    assert asked and asked[0].headers["content-type"] == "application/json"
    page.get_by_role("button", name="Take home", exact=True).click()
    with page.expect_download(timeout=180_000) as arriving:  # the server may have to import TensorFlow first
        page.get_by_role("link", name=re.compile("Network after epoch")).click()
    page.keyboard.press("Escape")
    arriving.value.save_as(tmp_path / "network.keras")
    assert "model.weights.h5" in zipfile.ZipFile(tmp_path / "network.keras").namelist()


def test_picture_can_be_sent(page: Page, hosted: str) -> None:
    open_page(page, f"{hosted}/classify")
    send_picture(page)


@pytest.mark.nginx
@pytest.mark.parametrize("shape", ["root", "base path", "prefix"])
def test_address_without_or_with_one_slash_too_many_leads_to_the_page(
    page: Page, proxied: dict[str, str], shape: str
) -> None:
    address = proxied[shape]
    page.goto(address)
    expect(page).to_have_url(re.compile(f"{re.escape(address)}/(\\?.*)?$"))
    page.goto(f"{address}/kernels/")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}/kernels(\\?.*)?$"))
    expect(page.locator("h1").first).to_have_text("Kernels")
