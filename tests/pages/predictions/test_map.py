import html
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from core import cached
from core.bounded import forget
from core.data import duplicates
from core.data.duplicates import Pair
from core.data.sets import digits
from core.model.inference import warm
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies.layout import stored
from pages.predictions.map import Lasso
from tests.pages.conftest import Visit, assert_calm
from tests.waiting import wait_for

SIDE = 2000


@pytest.mark.parametrize("corners", [(-50, -50, 50, -50, 0, 60), (-90, 0, 0, 90, 90, 0, 30, 10, 0, -90)])
def test_inside_is_what_pillow_fills(corners: tuple[int, ...]) -> None:
    """But for places within a pixel of the line."""
    places = np.random.default_rng(0).uniform(-1, 1, (5000, 2))
    sheet = Image.new("1", (SIDE, SIDE))
    ImageDraw.Draw(sheet).polygon([(each / 100 + 1) * SIDE / 2 for each in corners], fill=1)
    columns, rows = ((places + 1) * SIDE / 2).astype(int).T
    assert (Lasso(corners).holds(places) != np.asarray(sheet)[rows, columns]).mean() < 0.002


def test_nothing_is_inside_no_line() -> None:
    assert not Lasso().holds(np.zeros((3, 2))).any()


@pytest.mark.parametrize(
    "text", ["1_2", "a_b_c_d_e_f", "0_0_0_0_0_101", "1_2_3_4_5", "_".join(["7"] * 50), "1_2_3_4_5_6" + "0" * 400]
)
def test_what_is_no_line_is_answered(text: str) -> None:
    with pytest.raises(ValueError, match="Expected 3 to 24 corners"):
        Lasso.from_text(text)


def test_a_line_survives_the_address() -> None:
    lasso = Lasso((-50, -50, 50, -50, 0, 60))
    assert Lasso.from_text(lasso.text) == lasso
    assert Lasso.from_text("") == Lasso()


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html")) + " ".join(each.value for each in app.markdown)


def test_the_images_inside_a_line_are_counted(visit: Visit) -> None:
    app = visit("predictions")
    app.selectbox(key="sidebar.data").set_value("digits").run()
    app.button_group(key="predictions.view").set_value("Map").run()
    assert_calm(app)
    lasso = Lasso((-100, -100, 0, -100, 0, 100, -100, 100))  # the left half
    app.session_state["predictions.lasso"] = lasso
    app.run()
    assert_calm(app)
    run, labels = find_run("digits"), digits.load().test.labels
    inside = stored(run)["t-SNE"][:, 0] < 0
    right = np.asarray(Snapshot(run, 10).logits())[inside].argmax(axis=1) == labels[inside]
    said = html.unescape(texts(app)).replace("\\", "")
    assert f"{inside.sum()} images inside the line" in said
    assert f"{100 * right.mean():.1f} % answered correctly" in said


def test_a_run_without_a_map_says_so(visit: Visit) -> None:
    app = visit("predictions")  # of the 20 sample images, 20 places of the map are shown, once there is one
    app.button_group(key="predictions.view").set_value("Map").run()
    assert_calm(app)


def on_the_map(visit: Visit) -> AppTest:
    """The map of the sample images, for which the network is asked first."""
    warm.begin()
    assert warm.wait(120)
    app = visit("predictions")
    app.button_group(key="predictions.view").set_value("Map").run()
    wait_for(lambda: "lies close" in texts(app.run()))
    assert_calm(app)
    return app


def test_neighbors_are_counted_where_there_are_many_images(visit: Visit) -> None:
    """Of twenty images ten are half of all, and not near."""
    app = on_the_map(visit)
    assert "with all it was validated on; here are 20 of them" in texts(app)
    app.selectbox(key="sidebar.data").set_value("digits").run()
    places, labels = stored(find_run("digits"))["t-SNE"].astype(float), digits.load().test.labels
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    near = np.argsort(away + np.diag(np.full(len(away), np.inf)), axis=1)[:, :10]
    share = (labels[near] == labels[:, None]).mean()
    assert abs(100 * share - float(re.findall(r"one on the map, ([\d.]+) % show its class", texts(app))[0])) < 0.2


def test_near_duplicates_name_their_training_images_where_these_are_not_at_hand(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = (Pair(test=3, train=40_000, alike=0.9), Pair(test=9_999, train=1, alike=0.8))  # the other is not at hand
    monkeypatch.setattr(duplicates, "stored", lambda family: pairs if family == "cifar10" else ())
    forget(cached.duplicates, "cifar10")
    app = on_the_map(visit)
    app.button_group(key="predictions.list").set_value("near-duplicates").run()
    assert_calm(app)
    assert "1 of 20 test images are nearly training images too" in texts(app)
    assert "The training images are not at hand" in texts(app)
    forget(cached.duplicates, "cifar10")
