import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.charts import color, png
from core.data.sets import digits
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.kernels.learning import opened, random_code, what_training_did
from pages.kernels.picture import StageImage, responses
from pages.kernels.state import NINE, TUTORIAL
from tests.pages.conftest import NAVIGATION, Visit, assert_calm


def code(app: AppTest) -> str:
    return app.code[0].value


def test_it_opens_with_the_tutorials_line(visit: Visit) -> None:
    app = visit("kernels")
    assert 'convolve2d(plane, kernel, mode="same")' in code(app)
    assert "channel 0 is red" in code(app)
    assert app.session_state["kernels.memory"].state == TUTORIAL


def test_the_stand_in_for_the_tutorials_image_is_named(visit: Visit) -> None:
    text = " ".join(block.proto.body for block in visit("kernels").get("html"))
    assert "Training image 9 is not at hand: test image 0 (cat) stands in for it." in text


def test_what_the_tutorial_gets_wrong_is_said(visit: Visit) -> None:
    app = visit("kernels")
    text = ""
    for panel in ("tutorial", "example"):
        app.button_group(key="kernels.panel").set_value(panel).run()
        assert_calm(app)
        text += " ".join([*(block.value for block in app.markdown), *(block.proto.body for block in app.get("html"))])
    for words in ("Laplacian", "Channel 0 is red", "turns the kernel by 180 degrees", "hides every negative", "**19**"):
        assert words in text


def test_nine_numbers_bring_the_worked_example_and_leaving_them_brings_back_what_was_there(visit: Visit) -> None:
    app = visit("kernels")
    app.button_group(key="kernels.picture").set_value("numbers").run()
    assert_calm(app)
    assert "np.arange(9.0)" in code(app) and app.session_state["kernels.memory"].state == NINE
    app.button_group(key="kernels.picture").set_value("image").run()
    assert app.session_state["kernels.memory"].state == TUTORIAL


def test_two_kernels_in_a_row_equal_the_combined_one(visit: Visit) -> None:
    app = visit("kernels")
    app.button_group(key="kernels.panel").set_value("row").run()
    assert_calm(app)
    assert "e−1" in " ".join(block.proto.body for block in app.get("html") if "largest difference" in block.proto.body)
    app.selectbox(key="kernels.first").set_value("stage").run()
    assert_calm(app)


def test_photographs(visit: Visit) -> None:
    app = visit("kernels")
    app.button_group(key="kernels.picture").set_value("photograph").run()
    assert_calm(app)
    assert 'load_sample_image("china.jpg")' in code(app)


def test_a_link_sets_the_stage() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120).run()
    app.query_params["kernels.stage"] = "kernel_sobel-x.5_stride_2_color_gray"
    app.switch_page("kernels/kernels.py").run()
    assert_calm(app)
    assert app.session_state["kernels.memory"].state.stride == 2
    assert "correlate2d" not in code(app) and "[::2, ::2]" in code(app)


def test_a_nonsense_link_gets_a_sentence_and_the_usual_state() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120).run()
    app.query_params["kernels.stage"] = "stride_99_kernel_nan_bogus"
    app.switch_page("kernels/kernels.py").run()
    assert_calm(app)
    (warning,) = app.warning
    assert "Expected a stride from 1 to 4" in warning.value
    assert app.session_state["kernels.memory"].state == TUTORIAL
    assert "kernels.stage" not in app.query_params


def test_a_learned_filter_is_opened_as_conv2d_applies_it() -> None:
    weights = Snapshot(find_run("digits"), 0).first_layer_kernels()
    state = opened(weights[..., 4], 0.0, "unit", replace(TUTORIAL, stride=3, relu=True))
    np.testing.assert_array_equal(state.weights.astype(np.float32), weights[..., 4])
    assert (state.color, state.flip, state.stride, state.relu) == ("filter", False, 1, False)


@pytest.mark.parametrize("name", ["digits", "fast"])
def test_an_opened_filter_answers_as_its_network_does(name: str) -> None:
    """Its bias comes along, and the input scaling of the fast network."""
    run, image = find_run(name), digits.load().test.images[3]
    epoch, position = run.epochs[-1], 5
    snapshot = Snapshot(run, epoch)
    weights, bias = snapshot.first_layer_kernels()[..., position], snapshot.first_layer_biases()[position]
    assert bias != 0
    state = replace(opened(weights, float(bias), run.config.architecture.input_scaling, TUTORIAL), padding="none")
    ours = responses(StageImage(pixels=image, unit=255, title="", code=""), state)[..., 0]
    theirs = cached.feature_maps(Snapshot(run, epoch), image.tobytes(), True)["conv2d"][..., position]
    np.testing.assert_allclose(ours, theirs, atol=5.1e-5)  # four decimals


def test_the_code_of_the_random_features_makes_them() -> None:
    made: dict[str, np.ndarray] = {}
    pixels = digits.load().test.images[0]
    exec(random_code("import numpy as np\nimage = pixels / 255.0", 3), {"pixels": pixels}, made)
    np.testing.assert_allclose(made["features"][0], cached.random_features(pixels.tobytes(), 3), atol=1e-6)


def test_the_page_works_on_the_digits() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["data"] = "digits"
    app.run().switch_page("kernels/kernels.py").run()
    assert_calm(app)
    assert 'registry.load("digits")' in code(app)


def test_two_modes_and_their_difference_tell_their_true_range() -> None:
    """The difference reaches twice as far as either: it has a range of its own, and true minus signs."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["kernels.stage"] = "kernel_sobel-x.3"
    app.run().switch_page("kernels/kernels.py").run()
    app.button_group(key="kernels.panel").set_value("flip").run()
    assert_calm(app)
    figures = [block.proto.body for block in app.get("html") if block.proto.body.startswith("<figure")]
    assert len(figures) == 3
    captions = [re.sub("<.*?>", "", figure) for figure in figures]
    assert all(re.search(r"min −\d", caption) and "-" not in caption.split("min")[1] for caption in captions)
    state = app.session_state["kernels.memory"].state
    pixels = app.session_state["sidebar.selection"].dataset.test.images[0]
    picture = StageImage(pixels=pixels, unit=255, title="", code="")
    written, turned = (responses(picture, replace(state, flip=flip))[..., 0] for flip in (False, True))
    assert png.data_uri(color.signed(written - turned)) in figures[2]


def test_the_learned_kernels_are_held_against_those_they_began_as() -> None:
    run = find_run("tutorial")
    start, end = (Snapshot(run, epoch).keras_model().get_layer("conv2d").get_weights()[0] for epoch in (0, 10))
    moved = np.sqrt(((end - start) ** 2).sum() / (start**2).sum())
    assert f"moved these kernels by {100 * moved:.0f} %" in what_training_did(Snapshot(run, 10))
    assert what_training_did(Snapshot(run, 0)).startswith("So the kernels begin")
    strong = find_run("strong")
    starts, ends = (Snapshot(strong, epoch).first_layer_kernels() for epoch in (0, 50))
    assert (starts == ends).all()
    for epoch in (0, 50):
        assert "keeps these kernels as they begin" in what_training_did(Snapshot(strong, epoch))
