"""The training page without a browser: recipes, buttons by owner and state, comparison, what is said of a run."""

import html
import json
import re
import shutil
from concurrent.futures import Executor, Future
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import services
from core.config import SHIPPED_RUNS
from core.data import registry
from core.model.inference import warm
from core.model.quality.answers import probabilities_of
from core.model.quality.evaluation import softmax
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.dispatch.permission import Permission
from core.training.recipe import Recipe
from core.training.recipes import RECIPES
from core.training.runs.catalogue import find_run, own_runs
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.settings import RecipeSetting
from tests.pages.conftest import NAVIGATION, Visit, assert_calm
from tests.waiting import wait_for


def component(app: AppTest, name: str) -> dict[str, Any]:
    found = [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]
    return json.loads(found[0].bytes)


def text(app: AppTest) -> str:
    return html.unescape(" ".join(element.proto.body for element in app.get("html")))


def watchable(app: AppTest) -> Any:
    """The choice of runs to watch."""
    return app.radio(key="training.watch")


def _unescaped(markdown: str) -> str:
    return markdown.replace("\\", "")


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


class NobodyWorks(Executor):
    """Keeps jobs waiting for ever, so that a page can be tried without a worker process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        return Future()


def choose_digits(app: AppTest) -> AppTest:
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert_calm(app)
    return app


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of this test's own; training is off, so that no worker starts."""
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    return tmp_path


def own_run(home: Path, run_id: str, **changes: Any) -> Path:
    """A finished visitor's run, made from the shipped digits run."""
    folder = home / "runs" / run_id
    shutil.copytree(SHIPPED_RUNS / "digits", folder)
    config = json.loads((folder / "config.json").read_text())
    changed = config | {"id": run_id, "owner": "somebody", "created": "2026-01-02T03:04:05"} | changes
    (folder / "config.json").write_text(json.dumps(changed))
    (folder / "status.json").write_text(json.dumps({"state": "finished", "epoch": 10}))
    return folder


def test_the_shipped_run_is_watched_and_labeled(visit: Visit, home: Path) -> None:
    data = component(visit("training"), "convscope.live")
    assert data["run"] == "tutorial"
    assert data["url"] == "live/runs/tutorial"
    assert "validated on the 10,000 test images, as in the tutorial, on re-encoded CIFAR-10" in data["about"]
    assert len(data["labels"]) == 8
    assert data["final"]["epoch"] == 10


def test_download_says_what_pixels_the_network_takes(visit: Visit, home: Path) -> None:
    app = visit("training")
    app.session_state["training.home"] = True
    app.run()
    assert "takes pixels from 0 to 1" in text(app)
    (lines,) = [code.value for code in app.code if "load_model" in code.value]
    assert 'load_model("tutorial-10.keras")' in lines and "/ 255" in lines
    assert 'print(["airplane", "automobile",' in lines


def test_without_training_images_the_digits_are_recommended(visit: Visit, home: Path) -> None:
    app = visit("training")
    assert "has no training images" in text(app)
    assert "training.start" not in keys(app)


def test_recipes_bring_their_numbers(visit: Visit, home: Path) -> None:
    app = choose_digits(visit("training"))
    assert app.text_input(key="training.digits.batch").value == "32"
    app.selectbox(key="training.recipe").set_value("fast").run()
    assert_calm(app)
    assert app.text_input(key="training.fast.rate").value == "0.0015"
    assert app.selectbox(key="training.fast.schedule").value == "one-cycle"
    assert app.text_input(key="training.fast.warmup").value == "0.25"
    assert app.toggle(key="training.fast.whitening").value


def reached_settings(app: AppTest) -> set[str]:
    """Return the names in links of the settings that are asked for beside what is chosen."""
    shown = {widget.key for kind in ("text_input", "selectbox", "slider", "toggle") for widget in app.get(kind)}
    return {key.removeprefix("training.custom.") for key in shown if key and key.startswith("training.custom.")}


def with_normalization(home: Path) -> AppTest:
    """The digits, a custom recipe, and a network of one's own with every layer that a setting needs."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    own = {"network": "u-c8s2-n-c8-m2-f-d10l", "training.network": "your own", "training.recipe": "Custom"}
    app.query_params.update({"data": "digits", **own})
    app.switch_page("training/training.py").run()
    assert_calm(app)
    return app


def test_a_setting_is_offered_only_where_the_network_has_what_it_sets(home: Path) -> None:
    app = with_normalization(home)
    app.toggle(key="training.custom.statistics").set_value(True).run()
    app.selectbox(key="training.network").set_value("the recipe's").run()
    assert_calm(app)
    assert "statistics" not in reached_settings(app)
    app.selectbox(key="training.network").set_value("your own").run()
    assert_calm(app)
    assert app.toggle(key="training.custom.statistics").value


def test_a_custom_recipe_reaches_everything_a_recipe_has(home: Path) -> None:
    app = with_normalization(home)
    assert "momentum" not in reached_settings(app)  # Adam has none
    app.selectbox(key="training.custom.optimizer").set_value("sgd")
    app.selectbox(key="training.custom.schedule").set_value("one-cycle")
    app.toggle(key="training.custom.whitening").set_value(True).run()
    assert "orthogonal-momentum" not in reached_settings(app)
    reached = reached_settings(app)
    app.text_input(key="training.custom.orthogonal").set_value("0.1")
    app.selectbox(key="training.custom.schedule").set_value("hold").run()
    assert_calm(app)
    assert "warmup" not in reached_settings(app)
    reached |= reached_settings(app)
    assert reached == {about.link for about in RecipeSetting.of(Recipe).values()}
    assert len(reached) == len(fields(Recipe)) - 1  # all but the name


@pytest.mark.parametrize("typed", ["0", "31", "2.5", "many", "", "٣", "1_0"])
def test_a_number_out_of_range_is_answered_and_does_not_start(
    visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
    monkeypatch.setattr(services, "_current", services.usual(Desk(NobodyWorks())))
    app = choose_digits(visit("training"))
    app.text_input(key="training.digits.epochs").set_value(typed)
    app.button(key="training.start").click().run()
    (error,) = app.error
    assert error.value.replace("\\", "") == (
        f"Expected epochs from 1 to 30. Received “{typed}”. Type a whole number in that range."
    )
    assert app.button(key="training.start").disabled
    assert not (home / "runs").exists()


def test_what_was_typed_last_is_what_trains(visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
    monkeypatch.setattr(services, "_current", services.usual(Desk(NobodyWorks())))
    app = choose_digits(visit("training"))
    app.text_input(key="training.digits.epochs").set_value("7")
    app.text_input(key="training.digits.images").set_value("400")
    app.button(key="training.start").click().run()
    assert_calm(app)
    (run,) = own_runs()
    assert (run.config.recipe.epochs, run.config.recipe.training_images) == (7, 400)
    assert component(app, "convscope.live")["run"] == run.id
    assert component(app, "convscope.live")["buttons"] == {"control": True, "resume": True, "restart": True}
    assert "once your run that trains or waits now has ended" in text(app)


def test_training_switched_off_is_said_and_the_button_is_dead(visit: Visit, home: Path) -> None:
    app = choose_digits(visit("training"))
    assert app.button(key="training.start").disabled
    assert "Training is switched off on this server." in text(app)


def test_somebody_elses_run_can_be_watched_but_not_controlled(visit: Visit, home: Path) -> None:
    own_run(home, "digits-foreign")
    app = choose_digits(visit("training"))
    app.selectbox(key="sidebar.run").set_value("digits-foreign").run()
    assert_calm(app)
    assert component(app, "convscope.live")["run"] == "digits-foreign"
    assert component(app, "convscope.live")["buttons"] == {"control": False, "resume": False, "restart": False}
    assert "training.delete" not in keys(app)
    assert any("another visitor's, finished" in _unescaped(line) for line in watchable(app).proto.captions)


@pytest.mark.parametrize(("most", "offered"), [("10", True), ("9", False)])
def test_a_run_is_restarted_only_where_a_visitor_may_ask_for_its_epochs(
    visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch, most: str, offered: bool
) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
    monkeypatch.setenv("CONVSCOPE_MAX_EPOCHS", most)
    monkeypatch.setattr(services, "_current", services.usual(Desk(NobodyWorks())))
    app = choose_digits(visit("training"))
    assert component(app, "convscope.live")["buttons"]["restart"] is offered


class _Everybody(Permission):
    """Every run is everybody's."""

    def may_control(self, run: Run, owner: str, *, token: str | None = None) -> bool:
        return True


def test_an_own_run_can_be_deleted_and_brought_back(visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_current", services.usual(Desk(NobodyWorks(), permission=_Everybody())))
    folder = own_run(home, "digits-mine")
    app = choose_digits(visit("training"))
    app.selectbox(key="sidebar.run").set_value("digits-mine").run()
    app.button(key="training.delete").click().run()
    assert_calm(app)
    assert not folder.exists()
    app.button(key="training.undo").click().run()
    assert_calm(app)
    assert folder.exists()
    assert component(app, "convscope.live")["run"] == "digits-mine"


def test_a_recipe_above_the_cap_says_so(visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "on")
    monkeypatch.setenv("CONVSCOPE_MAX_EPOCHS", "10")
    monkeypatch.setattr(services, "_current", services.usual(Desk(NobodyWorks())))
    app = choose_digits(visit("training"))
    assert "At most" not in text(app)
    app.selectbox(key="training.recipe").set_value("strong").run()
    assert_calm(app)
    assert f"At most 10 of its {RECIPES['strong'].epochs} epochs here." in text(app)


def test_pinned_images_are_answered_on_the_pixels_shown(visit: Visit, home: Path) -> None:
    """The shipped runs' stored answers are of re-encoded pixels; on the bundled official ones the network is asked."""
    from core.model.inference import warm

    warm.begin()
    assert warm.wait(120)
    app = visit("training")
    final = component(app, "convscope.live")["final"]
    images = registry.load("cifar10-sample").test.images[: len(final["probabilities"])]
    expected = probabilities_of(Snapshot(find_run("tutorial"), 10).network(), images)
    np.testing.assert_allclose(final["probabilities"], expected, atol=5.1e-5)  # four decimals
    assert np.abs(expected - softmax(Snapshot(find_run("tutorial"), 10).logits()[: len(images)])).max() > 0.01


def test_comparison_names_what_differs_and_averages_over_seeds(visit: Visit, home: Path) -> None:
    own_run(home, "digits-one", seed=1)
    own_run(home, "digits-two", seed=2)
    app = choose_digits(visit("training"))
    app.button_group(key="training.view").set_value("Compare").run()
    app.multiselect(key="training.compared").set_value(["digits", "digits-one", "digits-two"]).run()
    assert_calm(app)
    assert [line["count"] for line in component(app, "convscope.compare")["lines"]] == [1, 1, 1]
    assert "<th scope='row'>seed</th>" in text(app)
    assert "<th scope='row'>batch size</th>" not in text(app)
    app.toggle(key="training.merged").set_value(True).run()
    assert_calm(app)
    (line,) = component(app, "convscope.compare")["lines"]
    assert line["count"] == 3
    assert line["spread"]["val_accuracy"][-1] == pytest.approx(0, abs=1e-9)


def test_a_link_that_compares_too_many_runs_compares_the_first(visit: Visit, home: Path) -> None:
    names = [own_run(home, f"digits-{number}").name for number in range(9)]
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "training.view": "Compare", "training.compared": ",".join(names)})
    app.switch_page("training/training.py").run()
    assert_calm(app)
    assert app.multiselect(key="training.compared").value == names[:8]
    (warning,) = app.warning
    assert "Expected at most 8. Received 9." in _unescaped(warning.value)


def test_the_sidebars_run_is_compared_though_many_are_shipped(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = tmp_path / "runs"
    names = [own_run(home, f"digits-{number}").name for number in range(9)]
    for name in names:
        (shipped / name / "status.json").unlink()
    monkeypatch.setattr("core.training.runs.run.SHIPPED_RUNS", shipped)
    monkeypatch.setattr("core.training.runs.catalogue.SHIPPED_RUNS", shipped)
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "elsewhere"))
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": names[8], "training.view": "Compare"})
    app.switch_page("training/training.py").run()
    assert_calm(app)
    assert app.multiselect(key="training.compared").value == [*names[:7], names[8]]


def test_comparison_tells_apart_what_differs_by_an_amount(visit: Visit, home: Path) -> None:
    recipe = asdict(RECIPES["fast"])
    own_run(home, "digits-one", recipe=recipe | {"shift_pixels": 1})
    own_run(home, "digits-two", recipe=recipe | {"shift_pixels": 4})
    app = choose_digits(visit("training"))
    app.button_group(key="training.view").set_value("Compare").run()
    app.multiselect(key="training.compared").set_value(["digits-one", "digits-two"]).run()
    assert_calm(app)
    assert "<td>mirrored every other epoch, shifted by up to 1</td>" in text(app)
    assert "<td>mirrored every other epoch, shifted by up to 4</td>" in text(app)
    assert re.search("The same for all: .*initial weights", text(app))


def test_comparison_speaks_of_normalization_only_where_a_run_has_it(visit: Visit, home: Path) -> None:
    recipe = asdict(RECIPES["fast"])
    normal = Architecture.from_text("u-c8s2-n-m2-f-d10l").to_json()
    own_run(home, "digits-plain", recipe=recipe)
    own_run(home, "digits-normal", recipe=recipe | {"fresh_statistics": True}, architecture=normal)
    app = choose_digits(visit("training"))
    app.button_group(key="training.view").set_value("Compare").run()
    app.multiselect(key="training.compared").set_value(["digits", "digits-plain"]).run()
    assert_calm(app)
    assert "BatchNormalization" not in text(app)
    app.multiselect(key="training.compared").set_value(["digits-plain", "digits-normal"]).run()
    assert_calm(app)
    (row,) = re.findall(r"<th scope='row'>BatchNormalization\S+ statistics</th>(.*?)</tr>", text(app))
    assert sorted(re.findall("<td.*?>(.*?)</td>", row)) == ["measured every epoch", "–"]


def test_networks_that_differ_in_their_input_scaling_alone_have_the_same_layers(visit: Visit, home: Path) -> None:
    architecture = Architecture.tutorial()
    own_run(home, "digits-one", architecture=architecture.to_json())
    own_run(home, "digits-two", architecture=replace(architecture, input_scaling="standard").to_json())
    app = choose_digits(visit("training"))
    app.button_group(key="training.view").set_value("Compare").run()
    app.multiselect(key="training.compared").set_value(["digits-one", "digits-two"]).run()
    assert_calm(app)
    assert "<th scope='row'>input</th>" in text(app)
    assert "<th scope='row'>layers</th>" not in text(app)
    assert "<th scope='row'>initial weights</th>" not in text(app)


def test_another_data_set_forgets_the_runs_and_layers_it_does_not_have(visit: Visit, home: Path) -> None:
    app = choose_digits(visit("training"))
    app.selectbox(key="training.recipe").set_value("digits").run()
    app.button_group(key="training.view").set_value("Compare").run()
    app.multiselect(key="training.compared").set_value(["digits"]).run()
    app.selectbox(key="sidebar.data").set_value("cifar10-sample").run()
    assert_calm(app)
    assert app.multiselect(key="training.compared").value[0] == "tutorial"
    app.button_group(key="training.view").set_value("Train").run()
    assert_calm(app)


def test_the_time_machine_gets_the_frames_of_every_epoch(visit: Visit, home: Path) -> None:
    app = choose_digits(visit("training"))
    app.button_group(key="training.view").set_value("Time machine").run()
    wait_for(warm.is_warm)
    assert_calm(app.run())
    data = component(app, "convscope.timemachine")
    assert data["epochs"] == list(range(11))
    assert len(data["probabilities"]) == len(data["confusion"]) == len(data["kernelLimits"]) == 11
    assert sum(map(sum, data["confusion"][10])) == data["images"]
    assert sum(data["probabilities"][10]) == pytest.approx(1, abs=5e-4)  # ten numbers of four decimals


def test_who_knows_the_lecturers_token_controls_every_run(
    visit: Visit, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_LECTURER_TOKEN", "chalk")
    own_run(home, "digits-foreign")
    app = choose_digits(visit("training"))
    app.selectbox(key="sidebar.run").set_value("digits-foreign").run()
    app.text_input(key="training.token").set_value("cheese").run()
    assert "training.delete" not in keys(app)
    app.text_input(key="training.token").set_value("chalk").run()
    assert_calm(app)
    assert "training.delete" in keys(app)


def test_the_forecast_is_of_a_new_run_and_says_what_it_counts(visit: Visit) -> None:
    """Whatever run is chosen above: 3 x multiply-adds x images x epochs of what the form says."""
    app = choose_digits(visit("training"))
    network, recipe = find_run("digits").config.architecture, RECIPES["digits"]
    images = len(registry.load("digits").train)
    billions = 3 * network.multiply_adds * images * recipe.epochs / 1e9
    shown = text(app)
    assert f"94,890 parameters, {billions:.0f} billion multiply-adds forward and back: " in shown


def test_the_lead_is_a_question(visit: Visit) -> None:
    assert "<p>How far does it get, epoch by epoch?" in text(visit("training"))
