import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import SHIPPED_RUNS
from core.model.inference import warm
from core.training.runs.catalogue import find_run
from core.training.runs.run import Run
from pages.shared import sidebar
from pages.shared.sidebar import names_of
from tests.homes import run_of
from tests.pages.conftest import NAVIGATION, Visit, assert_calm
from tests.waiting import wait_for


def test_choice_is_kept_across_pages(visit: Visit) -> None:
    app = visit("overview")
    app.selectbox(key="sidebar.data").set_value("digits").run()
    app.select_slider(key="sidebar.epoch").set_value(1).run()
    app.switch_page("dataset/dataset.py").run()
    assert_calm(app)
    assert app.selectbox(key="sidebar.data").value == "digits"
    assert app.select_slider(key="sidebar.epoch").value == 1


def test_only_runs_trained_on_the_chosen_data_are_listed(visit: Visit) -> None:
    app = visit("overview")
    cifar10 = set(app.selectbox(key="sidebar.run").options)
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert app.session_state["sidebar.selection"].run.family == "digits"
    assert app.session_state["sidebar.selection"].dataset.name == "digits"
    assert cifar10


def test_link_chooses_data_run_and_epoch() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": "digits", "epoch": "3"})
    app.run()
    selection = app.session_state["sidebar.selection"]
    assert (selection.dataset.name, selection.run.id, selection.snapshot.epoch) == ("digits", "digits", 3)


def test_nonsense_link_gets_a_sentence_and_a_working_page() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "mnist", "run": "../../etc", "epoch": "-7"})
    app.run()
    assert_calm(app)
    assert len(app.warning) == 3
    assert app.session_state["sidebar.selection"].snapshot.epoch >= 0


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("overview", "epoch"),
        ("dataset", "image"),
        ("kernels", "kernels.seed"),
        ("network", "image"),
        ("training", "training.seed"),
        ("training", "training.digits.rate"),
    ],
)
@pytest.mark.parametrize("value", ["1e999", "9" * 4500, "-inf"])
def test_a_number_too_large_for_any_widget_gets_a_sentence(page: str, key: str, value: str) -> None:
    warm.begin()
    wait_for(warm.is_warm)  # until then Kernels has no random kernels, and does not ask for their seed
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "kernels.view": "Random", key: value})
    app.switch_page(f"{page}/{page}.py").run()
    assert_calm(app)
    assert len(app.warning) == 1


def test_empty_values_in_a_link_are_no_choice() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"network.channel": "", "network.pool": "", "network.window": "", "image": ""})
    app.switch_page("network/network.py").run()
    assert_calm(app)


def test_a_link_cannot_bring_markdown_onto_the_page() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "![a](//b/c.png)", "run": "[a](b)", "dataset.class": "[a](b)"})
    app.switch_page("dataset/dataset.py").run()
    assert len(app.warning) == 3
    assert not any("](" in warning.value for warning in app.warning)


def test_link_to_all_of_cifar10_says_that_it_is_not_here() -> None:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["data"] = "cifar10"
    app.run()
    assert "20 bundled images" in app.warning[0].value
    assert app.session_state["sidebar.selection"].dataset.name == "cifar10-sample"


def test_runs_of_the_same_title_are_told_apart() -> None:
    run = find_run("tutorial")
    names = names_of([run, find_run("digits"), _Twin(run.folder)])
    assert len(set(names.values())) == 3


class _Twin(Run):
    """The same run under another name."""

    @property
    def id(self) -> str:
        return "twin"


def test_a_folder_of_pictures_that_is_none_is_told_in_the_sidebar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_IMAGES", str(tmp_path / "absent"))
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["data"] = "images"
    app.run()
    assert_calm(app)
    assert any("to name a folder of class folders" in caption.value for caption in app.sidebar.caption)
    assert "a folder of pictures that this server does not have" in app.warning[0].value
    assert app.session_state["sidebar.selection"].dataset.name != "images"


def test_whoever_watches_a_run_moves_on_with_it_though_a_snapshot_arrives_while_the_page_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    trained = find_run("digits").config.architecture
    snapshots = run_of(trained, tmp_path, "digits-watched", without="*.weights.h5") / "snapshots"
    arriving: list[int] = []
    drawn: list[str] = []
    draw = sidebar.draw

    def arrive(epoch: int) -> None:
        shutil.copy(SHIPPED_RUNS / "digits" / "snapshots" / f"epoch-{epoch:03d}.weights.h5", snapshots)

    def draw_and_arrive(unmoved: str = "") -> None:
        draw(unmoved)
        drawn.append(unmoved)
        while arriving:
            arrive(arriving.pop())

    monkeypatch.setattr(sidebar, "draw", draw_and_arrive)
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update({"data": "digits", "run": "digits-watched"})
    app.switch_page("training/training.py").run()
    assert app.session_state["sidebar.selection"].snapshot is None
    arrive(0)
    arriving.append(1)
    app.run()
    app.run()
    assert app.session_state["sidebar.selection"].snapshot.epoch == 1
    arrive(2)
    drawn.clear()
    app.run()
    assert app.session_state["sidebar.selection"].snapshot.epoch == 2
    assert len(drawn) == 1
    app.select_slider(key="sidebar.epoch").set_value(0).run()
    arrive(3)
    app.run()
    assert app.session_state["sidebar.selection"].snapshot.epoch == 0
    assert_calm(app)
