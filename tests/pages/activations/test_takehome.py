"""Every file is opened and every line of code is run, and held against the feature maps of the page."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import cached
from core.charts.contact_sheet import CAPTION, GAP
from core.charts.maps import kernel_pictures
from core.data.sets import sample
from core.model.inference import warm
from core.model.inference.inspection import map_layers
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.activations import takehome
from pages.activations.map_grid import MapGrid
from pages.shared.takehome import as_npy
from tests.pages.conftest import Visit, assert_calm, executed

CAT = sample.load().test.images[0]
SNAPSHOT = Snapshot(find_run("tutorial"), 10)


@pytest.fixture
def app(visit: Visit) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    app = visit("activations")
    app.session_state["activations.home"] = True
    return app.run()


def shown_sprite(app: AppTest, key: str) -> np.ndarray:
    """Return the pictures as the page draws them (n, side, side, 3)."""
    (sent,) = [json.loads(each.proto.bytes) for each in app.get("bidi_component") if key in each.proto.id]
    sprite = sent["sprite"]
    encoded = base64.b64decode(sprite["source"].partition(",")[2])
    whole = np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))
    side, columns = sprite["height"], sprite["columns"]
    places = range(sprite["count"])
    return np.stack([
        whole[n // columns * side :, n % columns * side :][:side, :side] for n in places
    ])  # fmt: skip


def test_the_sheet_shows_what_the_page_shows(app: AppTest) -> None:
    drawn = shown_sprite(app, "activations.grid")
    maps = cached.feature_maps(SNAPSHOT, CAT.tobytes(), False)["conv2d"]
    limits = float(maps.min()), float(maps.max())
    grid = MapGrid(
        snapshot=SNAPSHOT, layer="conv2d", image=CAT.tobytes(), before=False, scale="map", limits=limits,
        signed=False, all_maps=False,
    )  # fmt: skip
    sheet, side = grid.sheet("cat"), drawn.shape[1]
    assert len(drawn) == 9
    for place, picture in enumerate(drawn):
        y, x = place // 3 * (side + CAPTION + GAP), place % 3 * (side + GAP)
        np.testing.assert_array_equal(sheet[y : y + side, x : x + side], picture)


def test_kernels_and_numbers_come_back_as_they_were() -> None:
    kernels = SNAPSHOT.first_layer_kernels()
    np.testing.assert_array_equal(np.load(io.BytesIO(as_npy(kernels))), kernels)
    sheet = takehome.kernel_sheet(kernels)
    for place, picture in enumerate(kernel_pictures(kernels)):
        y, x = place // 8 * (159 + CAPTION + GAP), place % 8 * (159 + GAP)
        np.testing.assert_array_equal(sheet[y : y + 159 : 53, x : x + 159 : 53], picture)


@pytest.mark.usefixtures("official_arrays")
@pytest.mark.parametrize("run", ["tutorial", "strong"])
def test_the_code_makes_every_layers_maps(
    app: AppTest, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app.selectbox(key="sidebar.run").set_value(run).run()
    assert_calm(app)
    snapshot = Snapshot(find_run(run), app.select_slider(key="sidebar.epoch").value)
    (tmp_path / keras_name(snapshot.run, snapshot.epoch)).write_bytes(as_keras(snapshot.run, snapshot.epoch))
    for layer in map_layers(snapshot.architecture):
        app.selectbox(key="activations.layer").set_value(layer.name).run()
        for before in ("after", "before")[: 1 + bool(layer.activation)]:
            if layer.activation:
                app.button_group(key="activations.activation").set_value(before).run()
            assert_calm(app)
            maps = executed(app.code[0].value)["maps"]
            ours = cached.feature_maps(snapshot, CAT.tobytes(), before == "before")[layer.name]
            np.testing.assert_allclose(maps, ours, rtol=1e-3, atol=1e-4 * np.abs(ours).max())  # float32, another order


def test_what_is_offered_names_run_epoch_layer_and_image(app: AppTest) -> None:
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels[:2] == ["The feature maps as shown (.png)", "All 32 maps as numbers (.npy)"]
    assert 'href="runs/tutorial/network.keras?epoch=10"' in " ".join(block.proto.body for block in app.get("html"))
