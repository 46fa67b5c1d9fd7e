"""Every table is read and every line of code is run, and held against the numbers of the page."""

import io
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.data.examples import Batch
from core.model.inference import warm
from core.model.quality.evaluation import softmax
from core.model.structure.weights import Weight
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies import landscape
from pages.learning import takehome
from pages.learning.setting import Setting
from tests.pages.conftest import Visit, executed, pixels_of, table_of

TUTORIAL = Snapshot(find_run("tutorial"), 10)
WEIGHT = Weight("conv2d.kernel", (0, 1, 2, 5))


def setting(snapshot: Snapshot, position: int = 0, count: int = 1) -> Setting:
    return Setting(
        dataset=cached.dataset("cifar10-sample"),
        snapshot=snapshot,
        batch=Batch(dataset="cifar10-sample", split="test", position=position, count=count),
        class_name="cat",
        index=position,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the downloaded networks in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("tutorial", "strong"):
        run = find_run(name)
        epoch = run.epochs[-1]
        (tmp_path / keras_name(run, epoch)).write_bytes(as_keras(run, epoch))
    return tmp_path


@pytest.mark.usefixtures("official_arrays", "folder")
@pytest.mark.parametrize(("name", "position", "count"), [("tutorial", 0, 1), ("tutorial", 15, 8), ("strong", 3, 1)])
def test_the_code_takes_the_same_steps(name: str, position: int, count: int) -> None:
    run, weight = find_run(name), WEIGHT if name == "tutorial" else Weight("conv2d.bias", (2,))
    looked_at = setting(Snapshot(run, run.epochs[-1]), position, count)
    names = executed(takehome.step_code(looked_at, 1e-5, weight))
    steps = table_of(takehome.of_step(looked_at, 1e-5, weight).files[0])
    np.testing.assert_allclose(names["losses"], np.array(steps["loss"], float), rtol=1e-3, atol=1e-5)
    alike = np.isclose(names["slopes"], np.array(steps["slope by this weight"], float), rtol=1e-2, atol=1e-4)
    assert len(alike) == 21
    assert alike.sum() >= 19  # where rounding decides which of two values is the largest of a pool, a slope jumps


@pytest.mark.usefixtures("official_arrays", "folder")
def test_the_code_measures_the_same_curve() -> None:
    looked_at = setting(TUTORIAL, 2, 5)
    names = executed(takehome.slope_code(looked_at, WEIGHT))
    curve, slopes = (table_of(file) for file in takehome.of_slope(looked_at, WEIGHT).files)
    np.testing.assert_allclose(names["losses"], np.array(curve["loss"], float), rtol=1e-4)
    values = next(iter(curve.values()))
    np.testing.assert_allclose(names["values"], np.array(values, float), atol=1e-6)
    assert names["slope"] == pytest.approx(float(slopes["slope"][0]), abs=1e-5)
    assert names["difference"] == pytest.approx(float(slopes["slope"][2]), abs=1e-3)


@pytest.mark.usefixtures("official_arrays", "folder")
@pytest.mark.parametrize(
    ("name", "layer"), [("tutorial", "conv2d"), ("tutorial", "max_pooling2d_1"), ("strong", "conv2d_3")]
)
def test_the_code_computes_the_same_maps_and_slopes(name: str, layer: str) -> None:
    run = find_run(name)
    looked_at = setting(Snapshot(run, run.epochs[-1]), 4)
    names = executed(takehome.back_code(looked_at, layer))
    sheet, *arrays = takehome.of_way_back(looked_at, (layer, 3)).files
    before, after, slopes, passed = (np.load(io.BytesIO(file.make())) for file in arrays)
    np.testing.assert_allclose(names["maps"], after, rtol=1e-3, atol=1e-4 * np.abs(after).max())
    np.testing.assert_allclose(names["slopes"], slopes, rtol=1e-2, atol=1e-3 * np.abs(slopes).max())
    if layer == "conv2d":
        np.testing.assert_array_equal(passed, np.where(before > 0, slopes, 0))
    assert pixels_of(sheet).shape[1] > 4 * 224


def test_the_landscape_as_tables_and_as_a_map() -> None:
    run = find_run("digits")
    found = landscape.stored(run)
    assert found is not None
    map_file, losses, path = takehome.of_landscape(run, found).files
    assert pixels_of(map_file).shape[:2] == tuple(16 * (side - 1) + 1 for side in found.losses.shape)
    np.testing.assert_allclose(np.array(table_of(losses)["loss"], float), found.losses.ravel(), rtol=1e-6)
    np.testing.assert_allclose(np.array(table_of(path)["across"], float), found.path[:, 0])


def test_the_settings_as_curves_and_as_the_file_they_are_in() -> None:
    vector, pixels, table = takehome.of_settings("learning rate").files
    drawing = str(vector.make())
    assert all(words in drawing for words in ("0.001", "0.0001", "0.01"))
    assert pixels_of(pixels).any()
    assert len(table_of(table)["val_accuracy"]) == 13 * 3 * 9


def test_the_ten_numbers() -> None:
    looked_at = setting(TUTORIAL, 3)
    table = table_of(takehome.of_step(looked_at, 1e-4, WEIGHT).files[1])
    logits = cached.slopes(TUTORIAL, looked_at.batch).logits[0]
    np.testing.assert_allclose(np.array(table["logit"], float), logits, atol=1e-6)
    np.testing.assert_allclose(np.array(table["probability"], float), softmax(logits), atol=1e-6)
    slopes = np.array(table["slope of its loss by the logit"], float)
    assert slopes.sum() == pytest.approx(0, abs=1e-6)
    assert slopes.argmin() == table["true class"].index("1")


def test_what_is_offered_names_run_epoch_image_and_rate(visit: Visit) -> None:
    warm.begin()
    assert warm.wait(120)
    app: AppTest = visit("learning")
    app.session_state["learning.home"] = True
    app.run()
    names = [button.proto.label for button in app.get("download_button")]
    assert names == ["The steps (.csv)", "Its logits and slopes (.csv)", "The loss (.svg)", "The loss (.png)"]
    assert 'href="runs/tutorial/network.keras?epoch=10"' in " ".join(block.proto.body for block in app.get("html"))
