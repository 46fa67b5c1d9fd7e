"""What a visitor takes home by clicks, opened and held against the app's own numbers."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import cached
from core.data import registry
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from tests.browser.conftest import assert_calm, open_page, settled

SNAPSHOT = Snapshot(find_run("digits"), 10)


def taken(page: Page, label: str, folder: Path) -> bytes:
    """Click on what is offered under this label and return the file's bytes."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()


def opened(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, url)
    settled(page)
    page.get_by_role("button", name="Take home").first.click()


def closed(page: Page) -> None:
    page.keyboard.press("Escape")
    assert_calm(page)


def test_images_and_counts(page: Page, app_url: str, tmp_path: Path) -> None:
    opened(page, f"{app_url}/dataset?data=digits&split=test&image=5")
    split = registry.load("digits").test
    image = taken(page, "The image, 32 × 32", tmp_path)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(image))), split.images[5])
    table = list(csv.reader(io.StringIO(taken(page, "Images of each class", tmp_path).decode())))
    assert [int(row[1]) for row in table[1:]] == np.bincount(split.labels).tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits-test-5.png", "digits-test-classes.csv"]
    closed(page)


def test_answers_follow_what_is_chosen(page: Page, app_url: str, tmp_path: Path) -> None:
    opened(page, f"{app_url}/predictions?data=digits&run=digits&epoch=10")
    table = list(csv.reader(io.StringIO(taken(page, "Answers to all 359 test images", tmp_path).decode())))
    right = sum(row[1] == row[2] for row in table[1:])
    evaluation = SNAPSHOT.evaluation()
    assert evaluation is not None
    assert right == round(evaluation.accuracy * 359)
    expect(page.get_by_text("Calibration (.csv)")).to_be_visible()
    closed(page)


def test_maps_are_those_of_the_page(page: Page, app_url: str, tmp_path: Path) -> None:
    opened(page, f"{app_url}/activations?data=digits&run=digits&epoch=10&split=test&image=3")
    maps = np.load(io.BytesIO(taken(page, "All 32 maps as numbers", tmp_path)))
    image = registry.load("digits").test.images[3]
    np.testing.assert_allclose(maps, cached.feature_maps(SNAPSHOT, image.tobytes(), False)["conv2d"], atol=1e-5)
    sheet = Image.open(io.BytesIO(taken(page, "The feature maps as shown", tmp_path)))
    assert sheet.width > 360
    closed(page)


@pytest.mark.parametrize("name", ["dataset", "predictions", "activations"])
def test_it_stands_under_the_sentence_to_take_away(page: Page, app_url: str, name: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, f"{app_url}/{name}?data=digits")
    home = page.get_by_role("button", name="Take home")
    home.wait_for()
    settled(page)
    sentence, button = page.locator(".lesson-insight").first.bounding_box(), home.bounding_box()
    assert sentence and button
    assert sentence["y"] + sentence["height"] <= button["y"] + 1
    assert_calm(page)
