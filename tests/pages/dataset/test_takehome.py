"""Every file is opened and every line of code is run, and held against the data set."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.charts.contact_sheet import CAPTION, GAP
from core.data import registry
from core.data.dataset import Dataset
from pages.dataset import takehome
from pages.shared.takehome import File
from tests.pages.conftest import Visit, assert_calm, executed, pixels_of, table_of

SHOWN = [3, 1, 0, 19, 5, 7]


def files(dataset: Dataset) -> dict[str, File]:
    return {file.name: file for file in takehome.offer(dataset, "test", SHOWN, 3).files}


def test_pictures_show_the_images_pixel_by_pixel() -> None:
    dataset = registry.load("cifar10-sample")
    found, images = files(dataset), dataset.test.images
    np.testing.assert_array_equal(pixels_of(found["cifar10-sample-test-3.png"]), images[3])
    large = pixels_of(found["cifar10-sample-test-3-large.png"])
    np.testing.assert_array_equal(large, np.kron(images[3], np.ones((32, 32, 1), np.uint8)))
    grid = pixels_of(found["cifar10-sample-test-grid.png"])
    for place, position in enumerate(SHOWN):
        y, x = place // 5 * (160 + CAPTION + GAP), place % 5 * (160 + GAP)
        np.testing.assert_array_equal(grid[y : y + 160 : 5, x : x + 160 : 5], images[position])


def test_tables_hold_the_counts_and_the_channels() -> None:
    dataset = registry.load("digits")
    found, split = files(dataset), dataset.test
    counts = table_of(found["digits-test-classes.csv"])
    assert counts["class"] == list(dataset.class_names)
    assert list(map(int, counts["images"])) == np.bincount(split.labels).tolist()
    channels = table_of(found["digits-test-channels.csv"])
    assert channels["channel"] == ["red", "green", "blue"]
    scaled = split.images / 255
    np.testing.assert_allclose(np.array(channels["mean"], float), scaled.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(np.array(channels["standard deviation"], float), scaled.std(axis=(0, 1, 2)))


@pytest.mark.usefixtures("official_arrays")
@pytest.mark.parametrize(("name", "split"), [("cifar10-sample", "test"), ("digits", "train"), ("digits", "test")])
def test_the_code_draws_the_grid(name: str, split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dataset = registry.load(name)
    images, labels = dataset.split(split).images[SHOWN], dataset.split(split).labels[SHOWN]
    names = executed(takehome.code(dataset, split, SHOWN))
    np.testing.assert_array_equal(names["grid"], images)
    assert names["words"] == [dataset.class_names[label] for label in labels]
    drawn = np.asarray(Image.open("grid.png"))
    for place, image in enumerate(images):
        y, x = place // 5 * 32, place % 5 * 32
        np.testing.assert_array_equal(drawn[y : y + 32, x : x + 32], image)


def test_nothing_is_offered_before_it_is_asked_for(visit: Visit) -> None:
    app = visit("dataset")
    assert len(app.get("download_button")) == 0
    app.session_state["dataset.home"] = True
    app.run()
    assert_calm(app)
    assert next(button.proto.label for button in app.get("download_button")) == "The grid (.png)"
    assert "grid = test_images[shown]" in app.code[0].value
