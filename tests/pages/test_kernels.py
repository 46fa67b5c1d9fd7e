from dataclasses import replace

import numpy as np
from streamlit.testing.v1 import AppTest

from core.model.snapshots import first_layer_kernels
from core.training.catalogue import find_run
from pages.shared.stage.learning import opened
from pages.shared.stage.state import NINE, TUTORIAL
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
    text = " ".join(block.value for block in visit("kernels").markdown)
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
    assert "e-1" in " ".join(block.proto.body for block in app.get("html") if "largest difference" in block.proto.body)
    app.selectbox(key="kernels.first").set_value("stage").run()
    assert_calm(app)


def test_photographs(visit: Visit) -> None:
    app = visit("kernels")
    app.button_group(key="kernels.picture").set_value("photograph").run()
    assert_calm(app)
    assert 'load_sample_image("china.jpg")' in code(app)


def test_a_link_sets_the_stage() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120).run()
    app.query_params["kernels.stage"] = "kernel_sobel-x.5_stride_2_colour_grey"
    app.switch_page("kernels.py").run()
    assert_calm(app)
    assert app.session_state["kernels.memory"].state.stride == 2
    assert "correlate2d" not in code(app) and "[::2, ::2]" in code(app)


def test_a_nonsense_link_gets_sentences_and_the_last_good_state() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120).run()
    app.query_params["kernels.stage"] = "stride_99_kernel_nan_bogus"
    app.switch_page("kernels.py").run()
    assert_calm(app)
    assert len([warning for warning in app.warning if "This link" in warning.value]) >= 2
    assert app.session_state["kernels.memory"].state == TUTORIAL


def test_a_learned_filter_is_opened_as_conv2d_applies_it() -> None:
    weights = first_layer_kernels(find_run("digits"), 0)
    state = opened(weights[..., 4], replace(TUTORIAL, stride=3, relu=True))
    np.testing.assert_array_equal(state.weights.astype(np.float32), weights[..., 4])
    assert (state.colour, state.flip, state.stride, state.relu) == ("filter", False, 1, False)


def test_the_page_works_on_the_digits() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["data"] = "digits"
    app.run().switch_page("kernels.py").run()
    assert_calm(app)
    assert 'registry.load("digits")' in code(app)
