"""One filter: what the page says and offers, against Keras and NumPy on the bundled images."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import cached
from core.bounded import size_of
from core.charts import color
from core.charts.maps import enlarge, kernel_pictures
from core.data.sets import sample
from core.model.experiments.ascent import STEPS, shaken_by
from core.model.inference import warm
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.activations import filter_files
from pages.activations.anatomy import SIDE, anatomy
from pages.activations.exciting import PATCH, Chosen, climb_frames, nine_sprites, weights_sprite
from tests.pages.activations.test_activations import component, texts
from tests.pages.activations.test_takehome import shown_sprite
from tests.pages.conftest import NAVIGATION, assert_calm, executed, table_of

TEST = sample.load().test


def opened(**link: str) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    for run in ("tutorial", "strong"):
        snapshot = Snapshot(find_run(run), find_run(run).epochs[-1])
        cached.survey("cifar10-sample", snapshot).result()
    app.query_params.update({"activations.view": "Filter", **link})
    app.switch_page("activations/activations.py").run()
    assert_calm(app)
    return app


def filter_of(run: str, layer: str, feature: int, **more: Any) -> Chosen:
    snapshot = Snapshot(find_run(run), find_run(run).epochs[-1])
    row = next(row for row in snapshot.architecture.rows() if row.name == layer)
    dataset = sample.load()
    return Chosen(dataset=dataset, snapshot=snapshot, row=row, feature=feature, smooth=True, **more)


def keras_maps(run: str, layer: str) -> np.ndarray:
    """The layer's maps of all test images by Keras, (n, height, width, maps)."""
    network = Snapshot(find_run(run), find_run(run).epochs[-1]).keras_model()
    return np.asarray(keras.Model(network.inputs[0], network.get_layer(layer).output)(TEST.images / np.float32(255)))


@pytest.mark.parametrize(("run", "layer", "feature"), [("tutorial", "conv2d_1", 4), ("strong", "conv2d_4", 6)])
def test_patches_are_what_the_strongest_places_see(run: str, layer: str, feature: int) -> None:
    """Against a brute search: a place sees the pixels that change its value when they change."""
    app = opened(run=run, **{"activations.layer": layer, "activations.feature": str(feature + 1)})
    maps = keras_maps(run, layer)[..., feature]  # (n, height, width)
    largest = maps.max(axis=(1, 2))
    first = int(largest.argmax())
    row, column = np.unravel_index(maps[first].argmax(), maps[first].shape)
    network = Snapshot(find_run(run), find_run(run).epochs[-1]).keras_model()
    reader = keras.Model(network.inputs[0], network.get_layer(layer).output)
    image = keras.ops.convert_to_tensor(TEST.images[first : first + 1] / np.float32(255))
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(image)
        value = reader(image, training=False)[0, row, column, feature]
    moved = np.abs(np.asarray(tape.gradient(value, image))[0]).max(axis=-1) > 0
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    chosen = filter_of(run, layer, feature)
    top, left = chosen.row.window(int(row), int(column))
    assert top <= rows[0]
    assert rows[-1] < top + chosen.row.receptive_field
    assert left <= columns[0]
    assert columns[-1] < left + chosen.row.receptive_field
    inside = TEST.images[first][max(0, top) : top + chosen.row.receptive_field, max(0, left) :]
    shown = shown_sprite(app, "activations.patches")
    assert shown.shape[1:] == (PATCH, PATCH, 3)
    # the first pixel that lies within the image
    at = np.flatnonzero(np.arange(PATCH) * chosen.row.receptive_field // PATCH + top >= 0)[0]
    across = np.flatnonzero(np.arange(PATCH) * chosen.row.receptive_field // PATCH + left >= 0)[0]
    np.testing.assert_array_equal(shown[0, at, across], inside[0, 0])
    assert f"{largest.max():.2f}" in " ".join(block.value for block in app.markdown)


def test_values_in_the_table_are_kerass() -> None:
    opened()
    chosen = filter_of("tutorial", "conv2d_2", 10)
    excited = cached.survey("cifar10-sample", chosen.snapshot).result()
    table = table_of(next(file for file in filter_files.offer(chosen, excited, None).files if ".csv" in file.name))
    maps = keras_maps("tutorial", "conv2d_2")[..., 10]
    expected = np.sort(maps.max(axis=(1, 2)))[::-1][:9]
    np.testing.assert_allclose(np.array(table["value"], float), expected, atol=1e-5)
    at = [np.array(table[name], int) for name in ("test image", "row", "column")]
    np.testing.assert_allclose(maps[at[0], at[1], at[2]], expected, atol=1e-5)


def test_slices_are_the_filters_weights_strongest_first() -> None:
    app = opened(**{"activations.layer": "conv2d_1", "activations.feature": "3"})
    kernel = Snapshot(find_run("tutorial"), 10).keras_model().get_layer("conv2d_1").get_weights()[0][..., 2]
    lengths = np.sqrt((kernel**2).sum(axis=(0, 1)))
    order = np.argsort(-lengths)
    drawn = shown_tiles(app)
    first = enlarge(color.signed(kernel[..., order[0]], np.abs(kernel).max()), SIDE)
    np.testing.assert_array_equal(drawn[0, :SIDE], first)
    kernels = kernel_pictures(Snapshot(find_run("tutorial"), 10).first_layer_kernels())
    np.testing.assert_array_equal(drawn[0, -SIDE:], enlarge(kernels[order[0]], SIDE))
    share = 100 * lengths[order[0]] ** 2 / (lengths**2).sum()
    assert component(app, "activations.slices")["captions"][0] == f"{order[0] + 1} · {share:.0f} %"
    app.toggle(key="activations.inputs").set_value(True).run()
    assert_calm(app)
    assert len(component(app, "activations.all_slices")["captions"]) == 32


def shown_tiles(app: AppTest) -> np.ndarray:
    """The slices over what their maps look for, (n, height, width, 3)."""
    import base64

    from PIL import Image

    sprite = component(app, "activations.slices")["sprite"]
    whole = np.asarray(Image.open(io.BytesIO(base64.b64decode(sprite["source"].partition(",")[2]))).convert("RGB"))
    high, wide, columns = sprite["height"], sprite["width"], sprite["columns"]
    return np.stack([
        whole[n // columns * high :, n % columns * wide :][:high, :wide] for n in range(sprite["count"])
    ])  # fmt: skip


def test_the_first_layer_weighs_red_green_and_blue() -> None:
    app = opened(**{"activations.layer": "conv2d"})
    sent = component(app, "activations.slices")
    assert sorted(each.split(" · ")[0] for each in sent["captions"]) == ["blue", "green", "red", "together"]
    kernels = kernel_pictures(Snapshot(find_run("tutorial"), 10).first_layer_kernels()[..., :1])
    np.testing.assert_array_equal(shown_tiles(app)[0], enlarge(kernels[0], SIDE))
    assert sent["selectable"] is False


@pytest.mark.parametrize("run", ["tutorial", "strong"])
def test_every_filter_can_be_walked_back_to_the_image(run: str) -> None:
    snapshot = Snapshot(find_run(run), 0)
    layers = [row.name for row in snapshot.architecture.rows() if row.kind == "Conv2D"]
    makers = {layer: anatomy(snapshot, layer, 0).maker for layer in layers}
    assert list(makers.values()) == ["", *layers[:-1]]


def test_a_filter_that_is_remembered_keeps_nothing_of_the_others() -> None:
    snapshot = Snapshot(find_run("strong"), 0)
    layer = [row.name for row in snapshot.architecture.rows() if row.kind == "Conv2D"][-1]
    kernels = snapshot.weights_of(layer)[0]
    assert size_of(anatomy(snapshot, layer, 0)) < kernels.nbytes / 10


def test_what_is_remembered_of_a_filter_keeps_no_data_set() -> None:
    shown = filter_of("tutorial", "conv2d_1", 4)
    for drawn in (weights_sprite, climb_frames, nine_sprites):
        assert size_of(drawn.cache_key(shown)) < 1_000  # type: ignore[attr-defined]


def test_the_made_picture_and_its_steps() -> None:
    app = opened(**{"activations.layer": "conv2d_1", "activations.feature": "5"})
    climbed = cached.ascent(Snapshot(find_run("tutorial"), 10), "conv2d_1", 4, True).result()
    app.run()
    best = keras_maps("tutorial", "conv2d_1")[..., 4].max()
    said = re.search(
        r"The made picture reaches ([\d.]+), the best of 20 test images ([\d.]+), ([\d.]+) times", texts(app)
    )
    assert said
    assert [float(each) for each in said.groups()] == pytest.approx(
        [climbed.values[-1], best, climbed.values[-1] / best], abs=0.051
    )
    sent = component(app, "activations.climbed")
    assert sent["values"] == [f"{value:.2f}".replace("-", "−") for value in climbed.values]
    assert sent["step"] == STEPS
    frames, side = np.asarray(Image.open(io.BytesIO(base64.b64decode(sent["frames"].partition(",")[2])))), sent["side"]
    row = filter_of("tutorial", "conv2d_1", 4).row
    top, left = row.window(climbed.row, climbed.column)
    assert side == row.receptive_field
    whole = climbed.pictures[:, top : top + side, left : left + side]
    np.testing.assert_array_equal(frames.reshape(-1, side, side, 3), whole)
    app.button_group(key="activations.climb").set_value("free").run()
    cached.ascent(Snapshot(find_run("tutorial"), 10), "conv2d_1", 4, False).result()
    assert_calm(app.run())


@pytest.mark.parametrize(("layer", "said"), [("conv2d", ""), ("conv2d_1", "one pixel"), ("conv2d_2", "two pixels")])
def test_shaking_is_told_as_it_is(layer: str, said: str) -> None:
    told = set(re.findall(r"shaken by up to (\w+ pixels?)", texts(opened(**{"activations.layer": layer}))))
    assert told == ({said} if said else set())
    assert shaken_by(filter_of("tutorial", layer, 0).row) == ["", "one pixel", "two pixels"].index(said)


@pytest.mark.usefixtures("official_arrays")
@pytest.mark.parametrize("run", ["tutorial", "strong"])
def test_the_code_finds_the_same_images(run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened(run=run)
    chosen = filter_of(run, "conv2d_1", 7)
    (tmp_path / keras_name(chosen.snapshot.run, chosen.snapshot.epoch)).write_bytes(
        as_keras(chosen.snapshot.run, chosen.snapshot.epoch)
    )
    found = executed(filter_files.code(chosen))["largest"]
    excited = cached.survey("cifar10-sample", chosen.snapshot).result()["conv2d_1"]
    np.testing.assert_allclose(np.sort(found)[::-1][:9], excited.values[7], rtol=1e-3, atol=1e-4)


def test_every_file_is_made() -> None:
    opened()
    chosen = filter_of("tutorial", "conv2d_1", 0)
    excited = cached.survey("cifar10-sample", chosen.snapshot).result()
    climbed = cached.ascent(chosen.snapshot, "conv2d_1", 0, True).result()
    files = {file.name.rpartition("-")[2]: file.make() for file in filter_files.offer(chosen, excited, climbed).files}
    assert set(files) == {"weights.npy", "patches.png", "images.csv", "climb.png", "climb.csv"}
    kernel = np.load(io.BytesIO(files["weights.npy"]))
    np.testing.assert_array_equal(kernel, chosen.snapshot.weights_of("conv2d_1")[0][..., 0])
    assert files["climb.csv"].count("\n") == STEPS + 2
