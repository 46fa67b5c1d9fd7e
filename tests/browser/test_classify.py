"""The classify page in real Chromium: real files through the real uploader."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import eventually, open_page, settled


def picture(format: str, color: tuple[int, int, int], size: tuple[int, int] = (120, 80)) -> FilePayload:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, format)
    return {"name": f"{format}.{format.lower()}", "mimeType": f"image/{format.lower()}", "buffer": stream.getvalue()}


def open_classify(page: Page, url: str) -> None:
    open_page(page, f"{url}/classify")
    expect(page.locator(".chart-bars")).to_be_visible(timeout=180_000)
    settled(page)


def upload(page: Page, *files: FilePayload) -> None:
    page.locator("input[type=file]").set_input_files(list(files))


def test_every_format_is_classified(page: Page, app_url: str) -> None:
    open_classify(page, app_url)
    formats = ("PNG", "JPEG", "WebP", "GIF", "BMP")
    upload(page, *(picture(name, (40 * number, 90, 200)) for number, name in enumerate(formats)))
    captions = page.locator(".st-key-classify-mosaic .caption")
    expect(captions).to_have_count(len(formats) + 2)
    for number, name in enumerate(formats):
        expect(captions.nth(number)).to_contain_text(f"{name}.{name.lower()}: ")
    expect(page.locator(".chart-bars .row")).to_have_count(10)


@pytest.mark.parametrize(("name", "received"), [("server.log", "a text file"), ("slides.pdf", "a PDF document")])
def test_a_file_of_any_other_kind_is_refused_in_words(page: Page, app_url: str, name: str, received: str) -> None:
    content = b"%PDF-1.7" if name.endswith("pdf") else b"12:00 started\n12:01 stopped\n"
    open_classify(page, app_url)
    upload(page, picture("PNG", (200, 30, 30)), {"name": name, "mimeType": "", "buffer": content})
    error = page.get_by_test_id("stAlertContentError")
    expect(error).to_have_text(
        f"{name}: Expected a JPEG, HEIC, PNG, WebP, AVIF, GIF or BMP picture. Received {received}. "
        "Choose a picture, or export it as JPEG or PNG."
    )
    expect(page.locator(".st-key-classify-mosaic .cell")).to_have_count(3)
    page.get_by_role("button", name="Remove").nth(1).click()
    expect(error).to_have_count(0)


def test_one_wrong_file_never_hides_the_others(page: Page, app_url: str) -> None:
    open_classify(page, app_url)
    wrong: FilePayload = {"name": "<b>wrong</b>.png", "mimeType": "image/png", "buffer": b"this is no picture"}
    upload(page, picture("PNG", (200, 30, 30)), wrong, picture("BMP", (30, 200, 30)))
    error = page.get_by_test_id("stAlertContentError")
    expect(error).to_contain_text("<b>wrong</b>.png: Expected")
    expect(page.locator(".st-key-classify-mosaic .cell")).to_have_count(4)
    expect(page.locator(".chart-bars .row")).to_have_count(10)
    page.get_by_role("button", name="Remove").nth(1).click()
    expect(error).to_have_count(0)


def test_the_square_can_be_moved_by_keyboard_and_the_network_sees_it(page: Page, app_url: str) -> None:
    pixels = np.zeros((60, 120, 3), np.uint8)
    pixels[:, :60] = 255  # white on the left, black on the right
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    open_classify(page, app_url)
    upload(page, {"name": "halves.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    expect(page.locator(".st-key-classify-mosaic .caption").first).to_contain_text("halves.png")
    seen = page.locator("img[alt='the picture as the network sees it']")
    assert_brightness(seen, 127.5)
    square = page.locator(".cropper .square")
    square.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    expect(square).to_have_css("left", "0px")
    assert_brightness(seen, 255)


def test_a_small_subject_of_a_large_photo_keeps_its_pixels(page: Page, app_url: str) -> None:
    """Stripes of 8 of 8000 pixels: a copy of 1024 pixels shows gray instead."""
    pixels = np.full((6000, 8000), 128, np.uint8)
    pixels[2800:3200, 3800:4200] = (np.arange(400) // 8 % 2 * 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    open_classify(page, app_url)
    upload(page, {"name": "large.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    expect(page.locator(".st-key-classify-mosaic .caption").first).to_contain_text("large.png", timeout=60_000)
    page.locator(".cropper .square").focus()
    for _ in range(45):
        page.keyboard.press("-")  # it shrinks around its middle, to 120 of 6000 pixels
    seen = page.locator("img[alt='the picture as the network sees it']")

    def check() -> None:
        source = seen.get_attribute("src")
        assert source
        row = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))).convert("L"))[16].astype(int)
        assert row.max() - row.min() > 200

    eventually(check)


def test_four_wrong_files_are_one_line_that_can_be_closed(page: Page, app_url: str) -> None:
    open_classify(page, app_url)
    wrong = [{"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"no picture"} for number in range(4)]
    upload(page, *wrong, picture("PNG", (200, 30, 30)))  # type: ignore[arg-type]
    error = page.get_by_test_id("stAlertContentError")
    expect(error).to_have_text("4 files could not be read.")
    page.get_by_role("button", name="Why").click()
    expect(page.get_by_text("3.txt: Expected a JPEG")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close").click()
    expect(error).to_have_count(0)
    expect(page.locator(".st-key-classify-mosaic .cell")).to_have_count(3)


def assert_brightness(picture: Locator, mean: float) -> None:
    """The picture's pixels have this mean, 0..255, at once or soon."""

    def check() -> None:
        source = picture.get_attribute("src")
        assert source
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))
        assert pixels.mean() == pytest.approx(mean, abs=8)

    eventually(check)


def test_the_explanation_is_drawn(page: Page, app_url: str) -> None:
    open_classify(page, app_url)
    overlay = page.locator("img[alt^='where the answer']")
    expect(overlay).to_be_visible()
    assert overlay.evaluate("image => image.decode().then(() => image.naturalWidth)") == 32


def test_a_page_over_plain_http_explains_the_missing_camera(page: Page, app_url: str) -> None:
    elsewhere = app_url.replace("127.0.0.1", "127.0.0.2")  # to the app any name but its own machine's is elsewhere
    open_page(page, f"{elsewhere}/classify")
    page.get_by_role("radio", name="camera").click()
    expect(page.get_by_text("Browsers give a camera only to pages opened over https")).to_be_visible()
    expect(page.locator("input[type=file]")).to_be_attached()
    settled(page)
