import pytest
from streamlit.testing.v1 import AppTest

from core.model import warm
from tests.pages.conftest import Visit, assert_calm


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


def test_one_range_for_the_layer(app: AppTest) -> None:
    app.button_group(key="activations.scale").set_value("per layer").run()
    assert_calm(app)
    assert "one range for all maps of the layer" in texts(app)


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
    app.session_state["activations.image"] = 7
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert_calm(app)
    assert app.number_input(key="activations.image").value == 7
    assert "stands in" not in texts(app)
