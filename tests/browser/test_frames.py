"""Frames of a course's page on another site, and browsers that keep no site data: no cookies, no storage."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Playwright, expect

from core.charts import png
from core.data import photographs
from tests.browser.conftest import FLAGS, assert_calm, chromium, open_page, settled
from tests.browser.nginx import certificate, running_nginx, site
from tests.browser.server import free_port, running_app
from tests.browser.test_shell import PAGES

COURSE, HALL = "course.example.org", "hall.example.net"
"""Two sites; the browser finds both on this machine."""

NO_COOKIES = re.compile("Sending a picture needs cookies")


@pytest.fixture(scope="module")
def outsider(playwright: Playwright) -> Iterator[Browser]:
    """A browser that knows both sites and blocks other sites' cookies, as more and more do."""
    rules = f"--host-resolver-rules=MAP {COURSE} 127.0.0.1, MAP {HALL} 127.0.0.1"
    flags = [*FLAGS, rules, "--test-third-party-cookie-phaseout"]
    instance = playwright.chromium.launch(executable_path=chromium(), args=flags)
    yield instance
    instance.close()


@pytest.fixture(params=["https", "http"])
def framed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The scheme, and the address of a course's page that shows the app, of another site, in a frame."""
    scheme, course, hall = request.param, free_port(), free_port()
    tls = certificate(tmp_path) if scheme == "https" else None
    frame = f'<iframe src="{scheme}://{HALL}:{hall}/classify" width="1300" height="850"></iframe>'
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(f"<!DOCTYPE html><title>Course</title>{frame}")
    with running_app(tmp_path / "home", CONVSCOPE_FRAME_ANCESTORS=f"{scheme}://{COURSE}:{course}") as app:
        page = site(course, f"location / {{ root {tmp_path / 'site'}; }}", tls=tls)
        proxy = site(hall, f"location / {{ proxy_pass {app}; }}", tls=tls)
        with running_nginx(tmp_path, page, proxy, port=hall):
            yield scheme, f"{scheme}://{COURSE}:{course}/"


def _open_framed(visitor: BrowserContext, address: str) -> tuple[Page, FrameLocator]:
    page = visitor.new_page()
    page.goto(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1").first).to_have_text("Classify", timeout=60_000)
    return page, frame


def send_picture(where: Page | FrameLocator) -> None:
    """Choose a file, and wait until it is among the pictures."""
    content = png.encode(photographs.load("china"))
    where.locator("input[type=file]").first.set_input_files(
        {"name": "sent.png", "mimeType": "image/png", "buffer": content}
    )
    expect(where.get_by_role("button", name="Remove this picture")).to_be_visible(timeout=60_000)


@pytest.mark.nginx
def test_course_page_of_another_site_shows_the_app(outsider: Browser, framed: tuple[str, str]) -> None:
    """Over https cookies can be kept in the frame, and pictures be sent; over http the frame says where they can."""
    scheme, address = framed
    visitor = outsider.new_context(viewport={"width": 1440, "height": 900}, ignore_https_errors=True)
    page, frame = _open_framed(visitor, address)
    if scheme == "https":
        send_picture(frame)
        expect(frame.get_by_text(NO_COOKIES)).to_have_count(0)
        cookies = {cookie["name"]: cookie for cookie in visitor.cookies(f"https://{HALL}")}
        assert cookies["convscope_owner"]["sameSite"] == "None" and cookies["convscope_owner"]["secure"]
    else:
        expect(frame.get_by_text(NO_COOKIES)).to_be_visible()
        with page.expect_popup() as opening:
            frame.get_by_role("link", name="Open in a tab of its own").click()
        settled(opening.value)
        send_picture(opening.value)
    visitor.close()


@pytest.mark.nginx
def test_no_page_of_another_site_shows_the_app_unless_its_owner_says_so(
    outsider: Browser, app_url: str, tmp_path: Path
) -> None:
    port = free_port()
    (tmp_path / "index.html").write_text(f'<iframe src="{app_url}/classify"></iframe>')
    with running_nginx(tmp_path, site(port, f"location / {{ root {tmp_path}; }}"), port=port):
        page = outsider.new_page()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"http://{COURSE}:{port}/")
        expect(page.frame_locator("iframe").get_by_test_id("stApp")).to_have_count(0)
        page.close()


@pytest.fixture
def forgetful(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser set to keep no site data: no cookies, and every access to a storage throws."""
    (tmp_path / "Default").mkdir()
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings))
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=FLAGS, viewport={"width": 1440, "height": 900}
    )
    yield context
    context.close()


def test_every_page_works_where_site_data_is_blocked(forgetful: BrowserContext, app_url: str) -> None:
    page = forgetful.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app_url)
    assert page.evaluate("(() => { try { return !localStorage } catch { return true } })()")
    for name in PAGES:
        open_page(page, f"{app_url}/{name}?data=digits&run=digits")
        assert_calm(page)
        if name == "training":
            expect(page.locator(".live .plot.loss")).to_have_attribute("data-points", re.compile(r"[1-9]\d+"))
            page.get_by_label("Smoothing in steps").press("ArrowRight")
    assert errors == []


def test_uploads_are_explained_where_site_data_is_blocked(forgetful: BrowserContext, app_url: str) -> None:
    page = forgetful.new_page()
    open_page(page, f"{app_url}/classify?data=digits")
    expect(page.get_by_text(NO_COOKIES)).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    link = page.get_by_role("link", name="Open in a tab of its own")
    expect(link).to_have_attribute("href", re.compile(f"^{re.escape(app_url)}/classify\\?.*data=digits"))
    open_page(page, f"{app_url}/kernels?kernels.picture=Your+own")
    page.get_by_role("button", name="Choose a file").click()
    expect(page.get_by_text(NO_COOKIES)).to_be_visible()
