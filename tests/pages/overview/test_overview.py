import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.data import registry
from core.model.inference import warm
from core.training.routes import weights
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages import registry as lesson
from pages.overview.route import picture_of
from pages.shared.sidebar import Selection
from tests.pages.conftest import Visit

PAGES = [page.name for page in lesson.PAGES[1:]]


def _pictures(data: str, run: str, epoch: int) -> dict[str, str]:
    selection = Selection(dataset=registry.load(data), run=find_run(run), snapshot=Snapshot(find_run(run), epoch))
    return {page.name: picture_of(page, selection) for page in lesson.PAGES[1:]}


def _drawn(app: AppTest, key: str) -> str:
    """Return what the component called `key` draws, as text."""
    found = next(part.proto for part in app.get("bidi_component") if key in part.proto.id)
    return json.dumps(json.loads(found.bytes), ensure_ascii=False).replace('\\"', '"')


def test_every_stop_has_a_link(visit: Visit) -> None:
    route = _drawn(visit("overview"), "overview.route")
    assert re.findall(r'<a href="(\w+)">', route) == PAGES


@pytest.mark.parametrize(("data", "run"), [("cifar10-sample", "tutorial"), ("digits", "digits")])
def test_every_stop_has_a_picture(data: str, run: str) -> None:
    pictures = _pictures(data, run, 10)
    assert list(pictures) == PAGES
    assert all(picture.startswith(("<img", "<svg")) for picture in pictures.values())


def test_pictures_follow_the_epoch() -> None:
    start, trained = _pictures("digits", "digits", 0), _pictures("digits", "digits", 10)
    assert {page for page in PAGES if start[page] != trained[page]} == {"predictions", "activations"}


def test_data_and_snapshot_are_told(visit: Visit) -> None:
    text = " ".join(block.proto.body for block in visit("overview").get("html"))
    assert "20 " in text and "10,000 test images right on re-encoded CIFAR-10." in text


def test_whole_network_is_handed_over_for_the_chosen_image_without_tensorflow(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "is_warm", lambda: False)
    app = visit("overview")
    network = json.loads(_drawn(app, "overview.flow"))
    assert [each["name"] for each in network["steps"]][:3] == ["conv2d", "max_pooling2d", "conv2d_1"]
    assert [block["shown"] for block in network["blocks"]] == [32, 32, 32, 32, 64]
    assert [each["share"] for each in network["head"]] == ["", "69 %", "1 %"]
    assert network["classes"][network["label"]] == "cat"
    app.number_input(key="image.index").set_value(1).run()
    other = json.loads(_drawn(app, "overview.flow"))
    assert other["pixels"] != network["pixels"] and other["weights"] == network["weights"]


def test_of_a_deep_network_a_few_maps_of_every_convolution_are_handed_over(visit: Visit) -> None:
    app = visit("overview")
    app.selectbox(key="sidebar.run").set_value("strong").run()
    network = json.loads(_drawn(app, "overview.flow"))
    assert [block["shown"] for block in network["blocks"]] == [10] * 10


def test_a_network_too_large_for_browsers_is_drawn_to_scale(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "MOST_PARAMETERS", 1000)
    app = visit("overview")
    drawing = _drawn(app, "overview.picture")
    assert "Conv 3 × 3" in drawing and "data:image/png" in drawing
    assert not any("overview.flow" in part.proto.id for part in app.get("bidi_component"))
