from pathlib import Path

import numpy as np
import pytest

from core import cached
from core.charts.contact_sheet import CAPTION, GAP
from core.charts.maps import enlarge, map_pictures
from core.data.sets import sample
from core.model.inference import warm
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.overview import takehome
from tests.pages.conftest import Visit, assert_calm, executed

SNAPSHOT = Snapshot(find_run("tutorial"), 10)
SIDE = 224


def test_each_layer_is_a_row_of_its_maps() -> None:
    image = sample.load().test.images[0]
    drawn = takehome.maps_sheet(SNAPSHOT, image)
    np.testing.assert_array_equal(drawn[:SIDE, :SIDE], enlarge(image, SIDE))
    assert (drawn[:SIDE, SIDE:] == 255).all()
    maps = cached.feature_maps(SNAPSHOT, image.tobytes(), False)
    for row, name in enumerate(("conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2"), start=1):
        y = row * (SIDE + CAPTION + GAP)
        for column, picture in enumerate(map_pictures(maps[name][..., :8], "map", signed=False)):
            x = column * (SIDE + GAP)
            np.testing.assert_array_equal(drawn[y : y + SIDE, x : x + SIDE], enlarge(picture, SIDE))


@pytest.mark.usefixtures("official_arrays")
@pytest.mark.parametrize("run", ["tutorial", "strong"])
def test_the_code_makes_maps_and_probabilities(run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dataset, config = sample.load(), find_run(run)
    snapshot = Snapshot(config, config.epochs[-1])
    (tmp_path / keras_name(config, snapshot.epoch)).write_bytes(as_keras(config, snapshot.epoch))
    image = dataset.test.images[3]
    names = executed(takehome.code(dataset, snapshot, "test", int(dataset.test.indices[3])))
    probabilities = cached.probabilities(snapshot, image.tobytes())[0]
    np.testing.assert_allclose(names["probabilities"], probabilities, atol=1e-4)  # float32, another order
    ours = cached.feature_maps(snapshot, image.tobytes(), False)
    for name, values in zip(names["shown"], names["maps"], strict=True):
        np.testing.assert_allclose(values[0], ours[name], rtol=1e-3, atol=1e-3 * np.abs(ours[name]).max())


def test_the_page_offers_it(visit: Visit) -> None:
    warm.begin()
    assert warm.wait(120)
    app = visit("overview")
    app.session_state["overview.home"] = True
    app.run()
    assert_calm(app)
    assert [each.proto.label for each in app.get("download_button")] == [
        "The image and its maps (.png)",
        "Probabilities (.csv)",
    ]
    assert "probabilities = exponentials / exponentials.sum()" in app.code[0].value
