import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import cached
from core.data.sets import sample
from core.model.inference import warm
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from tests.pages.conftest import Visit, assert_calm


def component(app: AppTest, key: str) -> dict[str, Any]:
    found = [each.proto for each in app.get("bidi_component") if key in each.proto.id]
    return json.loads(found[0].bytes)


def sprite(app: AppTest, key: str) -> np.ndarray:
    encoded = component(app, key)["sprite"]["source"].partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))))


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.fixture
def app(visit: Visit) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    return visit("activations")


def test_it_opens_with_the_first_convolution_and_the_stand_in(app: AppTest) -> None:
    assert app.selectbox(key="activations.layer").value == "conv2d"
    text = texts(app)
    assert "32 feature maps of 30 × 30, after its activation (ReLU), the first 8" in text
    assert "stands in for it" in text
    assert "do not read meanings into single maps" in text
    assert ("0 everywhere" in str(component(app, "activations.grid")["captions"])) <= ("no dead filter yet" in text)


@pytest.mark.parametrize("layer", ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "conv2d_2"])
def test_every_layer_with_maps_can_be_seen(app: AppTest, layer: str) -> None:
    app.selectbox(key="activations.layer").set_value(layer).run()
    app.button_group(key="activations.maps").set_value("all").run()
    assert_calm(app)
    assert f"{layer} at epoch 10" in texts(app)
    assert "all of them" in texts(app)


def test_before_the_activation_values_are_signed(app: AppTest) -> None:
    assert "black lowest, white highest" in texts(app)
    app.button_group(key="activations.activation").set_value("before").run()
    assert_calm(app)
    assert "before its activation" in texts(app)
    assert "blue positive, white zero, orange negative" in texts(app)


def test_one_range_for_the_layer_and_for_both_sides(app: AppTest) -> None:
    """The random start's maps are drawn in the range of the trained ones beside them, so weak looks weak."""
    app.button_group(key="activations.scale").set_value("per layer").run()
    assert_calm(app)
    run, image = find_run("tutorial"), sample.load().test.images[0]
    sides = [cached.feature_maps(Snapshot(run, epoch), image.tobytes(), False)["conv2d"] for epoch in (10, 0)]
    low, high = min(maps.min() for maps in sides), max(maps.max() for maps in sides)
    assert sides[1][..., 0].max() < high / 2
    # "z": some processors give ReLU's zero a minus sign.
    assert f"one range for all maps on both sides, {low:z.2f} to {high:.2f}" in texts(app)
    grids = [sprite(app, key) for key in ("activations.grid", "activations.other")]
    for maps, grid in zip(sides, grids, strict=True):
        side = grid.shape[0]
        first = grid[:, side : 2 * side]  # the image itself comes before it
        assert first.max() == np.rint(255 * maps[..., 0].max() / high)


def test_the_words_follow_layer_and_colors(app: AppTest) -> None:
    assert "Bright means that this filter responds here" in texts(app)
    app.button_group(key="activations.activation").set_value("before").run()
    assert "Bright" not in texts(app)
    assert "Blue and orange mean that this filter responds here, above or below zero" in texts(app)
    app.selectbox(key="activations.layer").set_value("max_pooling2d").run()
    assert "Bright means that a window of the map before held a large value" in texts(app)


def test_kernels_are_told_with_their_range(app: AppTest) -> None:
    app.button_group(key="activations.beside").set_value("kernels").run()
    assert_calm(app)
    shown = [block.value for block in app.markdown]
    assert any(text.startswith("Epoch 10: 32 kernels of 3 × 3 × 3 weights") for text in shown)
    assert any(text.startswith("Epoch 0: 32 kernels of 3 × 3 × 3 weights") for text in shown)


def test_the_random_start_is_compared_with_the_trained_network(app: AppTest) -> None:
    app.select_slider(key="sidebar.epoch").set_value(0).run()
    assert_calm(app)
    assert app.button_group(key="activations.beside").options[0] == "trained"


def test_digits_open_with_the_tutorials_image_7(app: AppTest) -> None:
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert_calm(app)
    assert app.number_input(key="image.index").value == 7
    assert "stands in" not in texts(app)
