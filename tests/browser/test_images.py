"""A data set of one's own with three classes, from its folder to a classified picture: every page counts to three."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page
from tests.browser.server import running_app
from tests.browser.test_training import START_S
from tests.core.data.sets.class_folders import write_digits


@pytest.fixture(scope="module")
def images_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with a folder of three class folders, one file of which is no picture."""
    home = tmp_path_factory.mktemp("browser-images")
    source = write_digits(home / "pictures", classes=3, count=60)
    (source / "two" / "notes.txt").write_text("no picture")
    with running_app(home, CONVSCOPE_IMAGES=str(source)) as url:
        yield url


def test_three_classes_from_the_folder_to_a_classified_picture(page: Page, images_url: str) -> None:
    open_page(page, f"{images_url}/dataset?data=images")
    expect(page.locator(".st-key-dataset-mosaic .caption").first).to_have_text(re.compile("one|two|zero"))
    expect(page.get_by_text("1 of 181 files is left out")).to_contain_text("two/notes.txt")
    expect(page.locator('.chart-bars[aria-label="Images of each class"] .name')).to_have_text(["one", "two", "zero"])

    open_page(page, f"{images_url}/network?data=images")
    expect(page.locator(".lesson-opening p")).to_contain_text("into three numbers?")
    expect(page.locator(".builder .totals")).to_contain_text("94,435")

    open_page(page, f"{images_url}/training?data=images&training.tutorial.epochs=2")
    page.get_by_role("button", name="Train", exact=True).last.click()
    expect(page.locator(".live .state")).to_have_text("Finished", timeout=START_S)
    expect(page.locator(".live .tile").first.locator(".bars i")).to_have_count(3)
    expect(page).to_have_url(re.compile("epoch=2"))
    chosen = "data=images&" + re.search(r"run=[\w-]+", page.url)[0]

    open_page(page, f"{images_url}/training?{chosen}&training.view=Time+machine")
    expect(page.locator(".machine .matrix .cell")).to_have_count(9, timeout=60_000)

    open_page(page, f"{images_url}/predictions?{chosen}")
    expect(page.get_by_text("turns the three logits")).to_be_visible()
    open_page(page, f"{images_url}/predictions?{chosen}&predictions.view=Confusion")
    expect(page.locator(".st-key-predictions-confusion table[data-drawn='3'] .cell")).to_have_count(9)
    page.locator(".st-key-predictions-confusion .cell").nth(8).click()
    expect(page).to_have_url(re.compile("predictions.true=zero"))

    open_page(page, f"{images_url}/activations?{chosen}")
    expect(page.locator(".st-key-activations-grid .caption").first).to_have_text(re.compile("one|two|zero"))

    open_page(page, f"{images_url}/classify?{chosen}")
    expect(page.locator('.chart-bars[aria-label="Probabilities"] .name')).to_have_text(
        ["one", "two", "zero"], timeout=60_000
    )
    expect(page.get_by_text("All it knows is one, two, zero")).to_contain_text("one of these three")


def test_the_visitors_own_network_follows_the_data(page: Page, images_url: str) -> None:
    """Built for ten digits, it ends in three logits where there are three classes; and in ten again."""
    ten = "u-c8-m2-f-d10l"
    open_page(page, f"{images_url}/network?data=digits&network={ten}")
    expect(page.locator(".builder .broken")).to_have_count(0)
    for title, text in (("Own images", ten.replace("10", "3")), ("Handwritten digits", ten)):
        page.get_by_test_id("stSidebar").get_by_label("Data set").click()
        page.get_by_role("option", name=title).click()
        expect(page).to_have_url(re.compile(f"network={text}(&|$)"))
        expect(page.locator(".builder .broken")).to_have_count(0)
