import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from core import cached
from core.charts.curve_drawing import BOTTOM, COLORS, LEFT, RIGHT, TOP
from core.charts.maps import kernel_pictures
from core.data.sets import sample
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.training import takehome
from pages.training.timemachine.moment import Moment
from tests.pages.conftest import pixels_of, table_of

SVG = "{http://www.w3.org/2000/svg}"
POLYLINE = f"{SVG}polyline"


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_curves_are_those_of_the_run(name: str) -> None:
    run = find_run("tutorial")
    table = run.epoch_table()
    file = ElementTree.fromstring(takehome.curves(run, name).svg())
    high = 1.0 if name == "accuracy" else max(np.nanmax(table["loss"]), np.nanmax(table["val_loss"]))
    lines = [line for line in file.findall(POLYLINE) if line.attrib["stroke"] in COLORS]
    for line, column in zip(lines, (name, f"val_{name}"), strict=True):
        points = np.array([point.split(",") for point in line.attrib["points"].split()], float)
        known = np.isfinite(table[column])
        epochs = (points[:, 0] - LEFT) / (RIGHT - LEFT) * table["epoch"].max()
        np.testing.assert_allclose(epochs, table["epoch"][known], atol=0.01)  # a tenth of a unit is drawn
        values = (BOTTOM - points[:, 1]) / (BOTTOM - TOP) * high
        np.testing.assert_allclose(values, table[column][known], atol=0.001 * high)


@pytest.fixture(scope="module")
def moment() -> Moment:
    run, test = find_run("tutorial"), sample.load().test
    snapshots = tuple(Snapshot(run, epoch) for epoch in run.epochs)
    return Moment(
        run=run,
        frames=cached.frames(snapshots, "conv2d", np.asarray(test.images[0])),
        image=np.asarray(test.images[0]),
        label=int(test.labels[0]),
        class_names=sample.ABOUT.class_names,
        epoch=3,
    )


def test_the_sheet_of_the_time_machine_shows_that_epoch(moment: Moment) -> None:
    vector, raster, _ = takehome.offer_of_moment(moment).files
    file = ElementTree.fromstring(str(vector.make()))
    encoded = [base64.b64decode(image.attrib["href"].partition(",")[2]) for image in file.findall(f"{SVG}image")]
    image, *pictures = [np.asarray(Image.open(io.BytesIO(each)).convert("RGB")) for each in encoded]
    np.testing.assert_array_equal(image, moment.image)
    snapshot = Snapshot(moment.run, 3)
    np.testing.assert_array_equal(pictures[:32], kernel_pictures(snapshot.first_layer_kernels()))
    maps = cached.feature_maps(snapshot, moment.image.tobytes(), False)["conv2d"][..., :16]
    expected = 255 * maps / np.maximum(maps.max(axis=(0, 1)), 1e-12)  # a dead filter's is black
    np.testing.assert_allclose(np.stack(pictures[32:], axis=-1)[:, :, 0], expected, atol=0.51)
    texts = [each.text for each in file.findall(f"{SVG}text")]
    evaluation = snapshot.evaluation()
    assert evaluation is not None
    diagonal = 100 * evaluation.confusion.diagonal() / evaluation.confusion.sum(axis=1)
    assert {f"{share:.0f}" for share in diagonal} <= set(texts)
    assert f"accuracy in validation {100 * evaluation.accuracy:.1f} %" in texts
    assert pixels_of(raster).shape == (1240, 2200, 3)


def test_the_table_holds_the_answers_of_all_epochs(moment: Moment) -> None:
    table = table_of(takehome.offer_of_moment(moment).files[2])
    assert list(map(int, table["epoch"])) == list(range(11))
    for place, name in enumerate(moment.class_names):
        np.testing.assert_allclose(list(map(float, table[name])), moment.frames.probabilities[:, place])
