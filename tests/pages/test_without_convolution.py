"""Every page while the chosen network has no convolution: nothing breaks, and what cannot be shown is said."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import RunError
from core.model.inference import warm
from core.model.inference.inspection import has_convolution
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import find_run
from core.training.runs.run import Run
from core.training.runs.snapshot import NO_CONVOLUTION, Snapshot
from core.training.studies.frames import frames
from pages.kernels.learning import _Opened
from pages.kernels.state import TUTORIAL
from tests.homes import run_of
from tests.pages.conftest import NAVIGATION, assert_calm

PAGES = ["overview", "dataset", "kernels", "network", "training", "predictions", "activations", "classify"]


@pytest.fixture(params=["u-f-d64-d10l", "u-m4-f-d10l"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A finished run of a network that is dense throughout, or begins with pooling; its weights are random."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    folder = run_of(Architecture.from_text(request.param), tmp_path, f"digits-{request.param.replace('-', '')}")
    warm.begin()
    assert warm.wait(120)
    return find_run(folder.name)


def open_page(run: Run, page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": run.id, **link})
    app.switch_page(f"{page}/{page}.py").run()
    assert app.session_state["sidebar.selection"].run.id == run.id
    return app


def words(app: AppTest) -> str:
    return " ".join([*(block.proto.body for block in app.get("html")), *(block.value for block in app.info)])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_calm(run: Run, page: str) -> None:
    assert_calm(open_page(run, page))


@pytest.mark.parametrize("view", ["Filter", "Depth"])
def test_views_of_activations_are_calm(run: Run, view: str) -> None:
    app = open_page(run, "activations", **{"activations.view": view})
    assert_calm(app)
    assert (NO_CONVOLUTION in words(app)) is (view == "Filter")


def test_learned_kernels_say_that_there_are_none(run: Run) -> None:
    app = open_page(run, "kernels", **{"kernels.view": "Learned"})
    assert_calm(app)
    assert NO_CONVOLUTION in words(app)


def test_the_time_machine_says_why_it_stands_still(run: Run) -> None:
    app = open_page(run, "training", **{"training.view": "Time machine"})
    assert_calm(app)
    assert NO_CONVOLUTION in words(app)


def test_pooling_offers_a_feature_map_only_where_there_is_one(run: Run) -> None:
    has_maps = "m4" in run.config.architecture.to_text()
    app = open_page(run, "network")
    assert ("feature map" in app.button_group(key="network.channel").options) is has_maps
    if has_maps:
        app.button_group(key="network.channel").set_value("feature map").run()
        assert_calm(app)


def test_a_choice_made_for_another_network_is_given_up(run: Run) -> None:
    app = open_page(find_run("digits"), "network")
    app.button_group(key="network.channel").set_value("feature map").run()
    app.selectbox(key="sidebar.run").set_value(run.id).run()
    assert_calm(app)


def test_a_learned_filter_on_the_stage_stays_when_the_network_has_none(run: Run) -> None:
    app = open_page(find_run("digits"), "kernels")
    app.session_state["kernels.opened"] = _Opened(
        snapshot=Snapshot(find_run("digits"), 10), position=3, kernels=TUTORIAL.kernels
    )
    app.selectbox(key="sidebar.run").set_value(run.id).run()
    assert_calm(app)
    assert app.code


def test_kernels_and_frames_are_refused_with_the_true_reason(run: Run) -> None:
    assert not has_convolution(run.config.architecture)
    assert has_convolution(find_run("digits").config.architecture)
    with pytest.raises(RunError, match="Received one without"):
        Snapshot(run, 1).first_layer_kernels()
    with pytest.raises(RunError, match="Received one without"):
        frames([Snapshot(run, epoch) for epoch in (0, 1)], np.zeros((32, 32, 3), np.uint8), layer="conv2d")
