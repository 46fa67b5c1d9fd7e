"""What comes through: silent and dead maps against Keras, and what the page says where a run was not probed."""

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from core import cached
from core.config import SHIPPED_RUNS
from core.data.sets import sample
from core.model.inference import warm
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import find_run
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.activations import depth
from tests.homes import run_of
from tests.pages.activations.test_activations import texts
from tests.pages.conftest import NAVIGATION, assert_calm

TEST = sample.load().test


def opened(**link: str) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"activations.view": "Depth", **link})
    app.switch_page("activations/activations.py").run()
    assert_calm(app)
    return app


def test_silent_and_dead_maps_are_kerass() -> None:
    snapshot = Snapshot(find_run("tutorial"), 10)
    cached.survey("cifar10-sample", snapshot).result()
    text = texts(opened())
    network = snapshot.keras_model()
    for layer in ("conv2d", "conv2d_1", "conv2d_2", "dense"):
        outputs = keras.Model(network.inputs[0], network.get_layer(layer).output)(TEST.images / np.float32(255))
        zero = (np.asarray(outputs).reshape(len(TEST), -1, outputs.shape[-1]) == 0).all(axis=1)  # (n, maps)
        here, everywhere = zero[0], zero.all(axis=0)
        numbers = [", ".join(str(place + 1) for place in np.flatnonzero(each)) or "none" for each in (here, everywhere)]
        assert f"{layer}: zero here: {numbers[0]}; on all 20: {numbers[1]}." in text


@pytest.mark.parametrize("run", ["tutorial", "strong"])
def test_every_layer_with_a_relu_is_told(run: str) -> None:
    snapshot = Snapshot(find_run(run), find_run(run).epochs[-1])
    cached.survey("cifar10-sample", snapshot).result()
    text = texts(opened(run=run))
    network = snapshot.keras_model()
    relus = [
        layer.name
        for layer in network.layers
        if isinstance(layer, keras.layers.ReLU) or getattr(layer, "activation", None) is keras.activations.relu
    ]
    assert depth.activations(snapshot) == relus
    for name in relus:
        assert f'class="name">{name}</span>' in text


def test_probed_runs_are_told_with_their_images() -> None:
    text = texts(opened(data="digits"))
    probes = cached.probes(find_run("digits"))
    assert probes is not None
    assert f"fitted to {probes.train:,} training images, accuracy on {probes.test:,} test images" in text
    assert f"{100 * probes.accuracies[-1][0]:.1f} % right from the pixels" in text
    found = binomtest(round(max(probes.accuracies[-1]) * probes.test), probes.test).proportion_ci(method="wilson")
    assert f"the best within ± {50 * (found.high - found.low):.1f} points with 95 % confidence" in text
    assert probes_rows(depth.probes_csv(probes)) == len(probes.labels)


def probes_rows(text: str) -> int:
    return text.count("\n") - 1


def test_a_run_that_was_not_probed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "digits-mine"
    shutil.copytree(SHIPPED_RUNS / "digits", folder)
    (folder / "probes.json").unlink()
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"id": "digits"', '"id": "digits-mine"'))
    app = opened(data="digits", run="digits-mine")
    assert depth.NOT_PROBED in texts(app)
    assert app.session_state["sidebar.selection"].run == Run(folder)


def test_the_table_counts_images() -> None:
    snapshot = Snapshot(find_run("digits"), 10)
    excited = cached.survey("digits", snapshot).result()
    states = {"dense": np.array([0] * 64)}
    table = depth.states_csv(states, {"dense": excited["dense"].counts}).splitlines()
    assert len(table) == 65
    assert table[1] == f"dense,1,0,{excited['dense'].counts[0]}"


@pytest.mark.parametrize("view", ["Filter", "Depth"])
def test_a_smooth_network_has_no_dead_maps(view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a network with SiLU and separate activations; its weights are random."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    architecture = Architecture.from_text("s-c8k2w-dwpl-tw-c16l-n-tw-gm-d10l")
    folder = run_of(architecture, tmp_path, f"digits-{view.lower()}")
    cached.survey("digits", Snapshot(find_run(folder.name), 10)).result()
    for layer in ("conv2d", "depthwise_conv2d", "conv2d_1"):
        link = {"activations.view": view, "activations.layer": layer} if view == "Filter" else {}
        app = opened(data="digits", run=folder.name, **link)
    assert (depth.NEVER_ZERO in texts(app)) is (view == "Depth")
    assert "A full bar" not in texts(app)  # none is drawn
