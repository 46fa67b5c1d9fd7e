"""The page shows what descent computes: on each view, for whatever is chosen, and answers nonsense with a sentence."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.data.examples import Batch
from core.model.inference import warm
from core.model.quality.evaluation import softmax
from core.model.structure.weights import Variable, Weight
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies import landscape, variations
from core.training.studies.variations import USUAL, USUAL_VALUES
from pages.learning.setting import in_words, written
from pages.learning.slope import SAMPLES
from pages.learning.weight import MOST_CELLS
from tests.pages.conftest import NAVIGATION, Visit, assert_calm

TUTORIAL = Snapshot(find_run("tutorial"), 10)


def batch(position: int, count: int = 1) -> Batch:
    return Batch(dataset="cifar10-sample", split="test", position=position, count=count)


CAT = batch(0)


@pytest.fixture
def app(visit: Visit) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    return visit("learning")


def visited(**asked: str) -> AppTest:
    """Open the page by a link."""
    warm.begin()
    assert warm.wait(120)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.switch_page("learning/learning.py")
    for name, value in asked.items():
        app.query_params[name.replace("__", ".")] = value
    return app.run()


def sent(app: AppTest, key: str) -> dict[str, Any]:
    """Return what a component is given to draw."""
    (data,) = [json.loads(each.proto.bytes) for each in app.get("bidi_component") if key in each.proto.id]
    return data


def insight(app: AppTest) -> str:
    return next(block.proto.body for block in app.get("html") if "lesson-insight" in block.proto.body)


def test_a_step_is_sent_with_all_its_numbers(app: AppTest) -> None:
    data = sent(app, "learning.step")
    slopes = cached.slopes(TUTORIAL, CAT)
    np.testing.assert_allclose(data["logits"][0], slopes.logits[0], atol=1e-5)
    assert data["losses"][0] == pytest.approx(-np.log(softmax(slopes.logits[0])[data["label"]]), abs=1e-5)
    assert len(data["losses"]) == 21
    assert data["losses"][1] < data["losses"][0]
    assert data["parameters"] == 94_890
    kernel = slopes.gradients["conv2d.kernel"]
    assert abs(data["slopes"][0]) == pytest.approx(np.abs(kernel).max(), rel=1e-5)
    assert f"{data['losses'][0]:.4f} to {data['losses'][1]:.4f}" in insight(app)


def test_a_link_names_image_rate_and_weight() -> None:
    app = visited(learning__weight="dense.kernel.7.5", learning__rate="0.01", image="3", split="test")
    assert_calm(app)
    data = sent(app, "learning.step")
    assert (data["rate"], data["picker"]["weight"]) == (0.01, "dense.kernel.7.5")
    slopes = cached.slopes(TUTORIAL, batch(3))
    assert data["slopes"][0] == pytest.approx(float(slopes.gradients["dense.kernel"][7, 5]), abs=1e-6)


@pytest.mark.parametrize("weight", ["dense_7.kernel.0.0", "conv2d.kernel.9.9.9.9", "nonsense", "conv2d.kernel.0"])
def test_a_weight_that_is_none_is_answered_with_a_sentence(weight: str) -> None:
    app = visited(learning__weight=weight)
    assert_calm(app)
    assert "The usual choice is shown instead" in app.warning[0].value.replace("\\", "")


def test_a_weight_of_another_network_makes_way(app: AppTest) -> None:
    app = visited(learning__weight="dense.kernel.1000.5")
    app.selectbox(key="sidebar.run").set_value("strong").run()
    assert_calm(app)
    assert sent(app, "learning.step")["picker"]["weight"].startswith("conv2d.kernel.")
    assert not app.warning


def test_a_rate_that_is_too_large_is_called_so(app: AppTest) -> None:
    app.select_slider(key="learning.rate").set_value(1.0).run()
    assert_calm(app)
    losses = sent(app, "learning.step")["losses"]
    rises = losses[1] is None or losses[1] >= losses[0]
    assert rises == ("Choose a smaller rate" in insight(app))


def test_a_batch_is_the_mean_of_its_images(app: AppTest) -> None:
    app.button_group(key="learning.images").set_value("a batch").run()
    assert_calm(app)
    data = sent(app, "learning.step")
    assert data["images"] == 20  # all that is at hand
    ones = [cached.slopes(TUTORIAL, batch(n)).loss for n in range(20)]
    assert data["losses"][0] == pytest.approx(np.mean(ones), abs=1e-5)


@pytest.mark.parametrize("weight", ["dense.kernel.1000.5", "dense_1.bias.3", "conv2d_2.kernel.0.1.31.63"])
def test_the_picker_holds_the_chosen_weight_among_its_neighbors(weight: str) -> None:
    picker = sent(visited(learning__weight=weight), "learning.step")["picker"]
    place = list(map(int, weight.split(".")[2:]))
    at = picker["cells"]["places"].index(place)
    slopes = cached.slopes(TUTORIAL, CAT).gradients[weight.rsplit(".", len(place))[0]]
    assert picker["cells"]["slopes"][at] == pytest.approx(float(slopes[tuple(place)]), abs=1e-7)
    assert len(picker["cells"]["places"]) <= MOST_CELLS + 1
    for strip in picker["strips"]:
        axes = tuple(axis for axis in range(slopes.ndim) if axis != strip["axis"])
        part = slopes if strip["axis"] != 2 else slopes[..., place[3:]]
        norms = np.sqrt(np.square(part, dtype=np.float64).sum(axis=axes))
        np.testing.assert_allclose(strip["strengths"], norms, rtol=1e-5)


@pytest.mark.parametrize(
    ("weight", "source"), [("conv2d.kernel.0.2.1.5", "channel"), ("conv2d_1.kernel.0.2.1.5", "map")]
)
def test_the_strips_have_the_names_that_the_words_have(weight: str, source: str) -> None:
    picker = sent(visited(learning__weight=weight), "learning.step")["picker"]
    assert [strip["name"] for strip in picker["strips"]] == ["filter", source]
    assert ("map 2" in picker["words"]) == (source == "map")


@pytest.mark.parametrize("view", ["Step", "Slope", "Way back"])
def test_a_view_seen_before_needs_no_slopes_by_all_weights(view: str) -> None:
    app = visited(learning__view=view)
    cached.slopes.cache_clear()  # type: ignore[attr-defined]
    assert_calm(app.run())
    assert not cached.slopes._results  # type: ignore[attr-defined]


def test_the_slope_is_drawn_from_measured_losses() -> None:
    app = visited(learning__view="Slope", learning__weight="dense_1.bias.3")
    assert_calm(app)
    data = sent(app, "learning.slope")
    section = cached.section(TUTORIAL, batch(0, 20), Weight("dense_1.bias", (3,)), SAMPLES)
    np.testing.assert_allclose(data["losses"], section.losses, rtol=1e-6)
    assert (data["low"], data["high"]) == (section.values[0], section.values[-1])
    assert data["slope"] == pytest.approx(section.slope, rel=1e-6)
    assert dict(data["differences"])["0.01"] == pytest.approx(section.slope, rel=0.01)
    assert data["images"] == 20


def test_the_way_back_shows_the_maps_that_are_to_move_most() -> None:
    app = visited(learning__view="Way back")
    assert_calm(app)
    data = sent(app, "learning.back")
    found = cached.way_back(TUTORIAL, CAT)
    kernel = cached.slopes(TUTORIAL, CAT).gradients["conv2d_1.kernel"]
    norms = np.sqrt((kernel.astype(np.float64) ** 2).sum(axis=(0, 1, 2)))
    layer = next(each for each in data["layers"] if each["name"] == "conv2d_1")
    assert layer["places"] == [int(place) for place in np.argsort(-norms)[:4]]
    np.testing.assert_allclose(layer["strengths"], norms, rtol=1e-5)
    slopes = np.frombuffer(base64.b64decode(layer["maps"]["slopes"]), np.float32).reshape(4, 13, 13)
    np.testing.assert_array_equal(slopes[1], found.slopes["conv2d_1"][..., layer["places"][1]])
    pooled = next(each for each in data["layers"] if each["name"] == "max_pooling2d_1")
    assert pooled["places"] == layer["places"]
    assert sum(each["slope"] for each in data["start"]) == pytest.approx(0, abs=1e-5)


def test_any_map_can_be_looked_at_by_a_link_and_nonsense_is_answered() -> None:
    data = sent(visited(learning__view="Way back", learning__map="conv2d_2.64"), "learning.back")
    assert data["picked"] == ["conv2d_2", 63]
    assert 63 in next(each for each in data["layers"] if each["name"] == "conv2d_2")["places"]
    data = sent(visited(learning__view="Way back", learning__map="max_pooling2d.32"), "learning.back")
    assert all(31 in each["places"] for each in data["layers"][:2])  # the map it pools stands beside it
    app = visited(learning__view="Way back", learning__map="conv2d_2.65")
    assert_calm(app)
    assert "The usual choice is shown instead" in app.warning[0].value.replace("\\", "")


def test_the_landscape_of_a_shipped_run_is_as_it_was_stored() -> None:
    app = visited(learning__view="Landscape", data="digits", run="digits", epoch="3")
    assert_calm(app)
    data, found = sent(app, "learning.landscape"), landscape.stored(find_run("digits"))
    assert found is not None
    assert data["epoch"] == 3
    np.testing.assert_allclose(data["losses"], found.losses.ravel(), rtol=1e-3, atol=1e-4)
    assert data["start"] == [round(100 * each) for each in found.path[0]]


def test_the_landscape_of_any_other_run_is_measured_on_the_images_at_hand() -> None:
    app = visited(learning__view="Landscape", run="fast-short")
    assert_calm(app)
    data = sent(app, "learning.landscape")
    assert (data["epochs"], data["images"]) == ([0, 1, 2], 20)
    snapshot = Snapshot(find_run("fast-short"), 2)
    assert data["pathLosses"][-1] == pytest.approx(cached.slopes(snapshot, batch(0, 20)).loss, abs=1e-5)
    columns = data["across"][2]
    row, column = (
        round(-data[side][0] / ((data["across"][1] - data["across"][0]) / (columns - 1)))
        for side in ("along", "across")
    )
    assert data["losses"][row * columns + column] == pytest.approx(data["pathLosses"][-1], abs=1e-3)


def test_a_run_of_two_snapshots_has_no_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.runs.run.Run.epochs", property(lambda run: (0, 1)))
    app = visited(learning__view="Landscape", run="fast-short", epoch="1")
    assert_calm(app)
    assert "at least 3 snapshots" in app.info[0].value


def test_words() -> None:
    variables = cached.variables(TUTORIAL)
    assert in_words(Weight("conv2d_1.kernel", (0, 2, 1, 5)), variables) == (
        "conv2d_1, kernel of filter 6 for map 2, row 0, column 2"
    )
    assert in_words(Weight("dense_1.bias", (3,)), variables) == "dense_1, bias 4"
    narrow = [Variable(layer=f"conv2d{n}", name="kernel", shape=(1, 1, 3, 3), learned=True) for n in ("", "_1")]
    told = [in_words(Weight(each.text, (0, 0, 1, 0)), narrow) for each in narrow]
    assert ["for green" in each for each in told] == [True, False]
    assert "for map 2" in told[1]
    separate = Variable(layer="depthwise_conv2d", name="kernel", shape=(3, 3, 8, 1), learned=True)
    assert "filter 5 for map 5" in in_words(Weight(separate.text, (0, 0, 4, 0)), [separate])
    assert written(3e-4) == "0.0003"


@pytest.mark.parametrize("setting", USUAL_VALUES)
def test_settings_show_mean_and_spread_of_what_was_measured(setting: str) -> None:
    app = visited(learning__view="Settings", learning__setting=setting)
    assert_calm(app)
    data = sent(app, "learning.settings")
    rows = variations.read(variations.FILE)
    for curve in data["curves"]:
        name, value = (USUAL, "") if curve["usual"] else (setting, curve["value"])
        ends = [row for row in rows if (row["setting"], row["value"], row["epoch"]) == (name, value, "8")]
        last = [float(row["val_accuracy"]) for row in ends]
        assert len(last) == curve["seeds"] == 3
        assert curve["mean"]["val_accuracy"][-1] == pytest.approx(np.mean(last), abs=1e-5)
        assert curve["spread"]["val_accuracy"][-1] == pytest.approx(np.std(last, ddof=1), abs=1e-5)
        assert f"{100 * np.mean(last):.1f}" in insight(app)
