import html
import io
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.model.explanations import METHODS, Explanation, Method
from core.model.inference import warm
from core.model.quality.evaluation import Answering
from pages.classify.fooling import size
from pages.classify.pictures import MOST
from pages.shared.lesson import plain
from tests.pages.conftest import Visit, assert_calm
from tests.waiting import wait_for


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def encoded(seed: int, format: str = "PNG") -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format)
    return stream.getvalue()


@pytest.fixture
def app(visit: Visit) -> AppTest:
    warm.begin()
    assert warm.wait(120)
    return visit("classify")


def test_an_example_is_answered_at_once(app: AppTest) -> None:
    shares = re.findall(r'class="value">([\d.<> ]+) %', texts(app))
    assert len(shares) == 10
    assert sum(float(share.strip("<> ")) for share in shares) == pytest.approx(
        100, abs=0.5
    )  # ten shares of one decimal
    assert "still gets one of these ten" in texts(app)


def test_an_upload_is_chosen_and_answered(app: AppTest) -> None:
    before = texts(app)
    app.file_uploader(key="classify.files").upload("mine.png", encoded(0), "image/png").run()
    assert_calm(app)
    assert next(iter(app.session_state["classify.pictures"].values())).name == "mine.png"
    assert texts(app) != before


def test_one_wrong_file_never_hides_the_others(app: AppTest) -> None:
    uploader = app.file_uploader(key="classify.files")
    uploader.set_value([("good.png", encoded(1), "image/png"), ("bad*.png", b"no picture", "image/png"),
                        ("also good.png", encoded(2), "image/png")]).run()  # fmt: skip
    assert [error.value for error in app.exception] == []
    assert len(app.error) == 1
    assert app.error[0].value.startswith(plain("bad*.png"))
    assert "Expected" in app.error[0].value
    names = [picture.name for picture in app.session_state["classify.pictures"].values()]
    assert names == ["good.png", "also good.png"]
    assert texts(app).count('class="value"') == 10


def test_too_many_pictures_are_refused_in_one_box(app: AppTest) -> None:
    files = [(f"{number}.png", encoded(0), "image/png") for number in range(MOST + 3)]
    app.file_uploader(key="classify.files").set_value(files).run()
    assert len(app.session_state["classify.pictures"]) == MOST
    assert len(app.error) == 1
    assert app.error[0].value.startswith(plain(f"{MOST}.png and 2 more"))


def test_pictures_stay_when_another_page_was_visited(app: AppTest) -> None:
    app.file_uploader(key="classify.files").upload("mine.png", encoded(0), "image/png").run()
    app.switch_page("dataset/dataset.py").run()
    app.switch_page("classify/classify.py").run()
    assert_calm(app)
    assert [picture.name for picture in app.session_state["classify.pictures"].values()] == ["mine.png"]
    app.file_uploader(key="classify.files").upload("second.png", encoded(1), "image/png").run()
    names = [picture.name for picture in app.session_state["classify.pictures"].values()]
    assert names == ["second.png", "mine.png"]


def test_a_picture_removed_from_the_uploader_is_forgotten(app: AppTest) -> None:
    both = [("one.png", encoded(0), "image/png"), ("two.png", encoded(1), "image/png")]
    app.file_uploader(key="classify.files").set_value(both).run()
    app.file_uploader(key="classify.files").set_value([]).run()
    assert_calm(app)
    assert app.session_state["classify.pictures"] == {}


def take_photo(app: AppTest, seed: int) -> None:
    app.camera_input(key="classify.photo").set_value(("photo.jpg", encoded(seed, "JPEG"), "image/jpeg")).run()


def test_photos_are_counted_like_files_and_one_too_many_is_refused(app: AppTest) -> None:
    files = [(f"{number}.png", encoded(0), "image/png") for number in range(MOST - 1)]
    app.file_uploader(key="classify.files").set_value(files).run()
    app.button_group(key="classify.source").set_value("camera").run()
    take_photo(app, 1)
    assert_calm(app)
    assert len(app.session_state["classify.pictures"]) == MOST
    take_photo(app, 2)
    assert len(app.session_state["classify.pictures"]) == MOST
    (error,) = app.error
    assert error.value == f"photo: Expected at most {MOST} pictures at once. Received {MOST + 1}. Remove some."


def test_a_photo_can_be_removed(app: AppTest) -> None:
    app.button_group(key="classify.source").set_value("camera").run()
    take_photo(app, 1)
    assert [picture.name for picture in app.session_state["classify.pictures"].values()] == ["photo"]
    app.button(key="classify.remove").click().run()
    assert_calm(app)
    assert app.session_state["classify.pictures"] == {}
    assert not [button for button in app.button if button.key == "classify.remove"]  # the examples stay


def test_a_removed_file_stays_away_though_the_uploader_still_lists_it(app: AppTest) -> None:
    app.file_uploader(key="classify.files").upload("one.png", encoded(0), "image/png").run()
    app.button(key="classify.remove").click().run()
    app.file_uploader(key="classify.files").upload("two.png", encoded(1), "image/png").run()
    assert_calm(app)
    assert [picture.name for picture in app.session_state["classify.pictures"].values()] == ["two.png"]


def test_the_snapshot_of_the_sidebar_answers(app: AppTest) -> None:
    trained = texts(app)
    app.select_slider(key="sidebar.epoch").set_value(0).run()
    assert_calm(app)
    assert texts(app) != trained


def test_every_method_of_explaining_can_be_chosen(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.selectbox(key="classify.method").value == "occlusion"
    monkeypatch.setitem(METHODS, "brightness", METHODS["occlusion"])  # so that it is forgotten after the test

    class Brightness(Method):
        name = "brightness"
        title = "Brightness"
        weakness = "It knows no network."

        def explain(self, network: Answering, image: NDArray[np.uint8], class_index: int) -> Explanation:
            heat = image.mean(-1).astype(np.float32)
            return Explanation(heat=heat, sentence="Bright parts of “{answer}”.", how="“{answer}” is bright.")

    app.run()
    app.selectbox(key="classify.method").set_value(Brightness.name).run()
    assert_calm(app)
    assert "Bright parts of “" in texts(app)
    assert app.query_params["classify.method"] == "Brightness"


def test_any_class_can_be_explained(app: AppTest) -> None:
    app.selectbox(key="classify.method").set_value("gradient-input").run()
    app.selectbox(key="classify.class").set_value("ship").run()
    assert_calm(app)
    assert "What speaks for “ship”" in texts(app)
    assert app.query_params["classify.class"] == "ship"


def test_all_methods_stand_side_by_side_with_their_check(app: AppTest) -> None:
    app.session_state["classify.methods"] = True
    app.run()
    wait_for(lambda: "Sanity checks" in texts(app.run()))
    assert_calm(app)
    said = html.unescape(texts(app))
    for method in METHODS.values():
        assert f"{method.title}: {method.weakness}" in said


def test_it_can_be_fooled(app: AppTest) -> None:
    app.session_state["classify.fool"] = True
    wait_for(lambda: "No number of a pixel changes by more than" in texts(app.run()))
    assert_calm(app)
    app.button_group(key="classify.fooled_by").set_value("FGSM").run()
    wait_for(lambda: "No number of a pixel changes by more than" in texts(app.run()))
    assert_calm(app)
    assert app.query_params["classify.fooled_by"] == "FGSM"


def test_only_small_changes_are_called_hardly_seen() -> None:
    change = np.zeros((32, 32, 3), np.int64)
    change[0, 0, 0] = -8
    assert size(change).endswith("changes by more than 8 of 255, on average by 0.0026; eyes hardly see it.")
    assert "eyes" not in size(change + change)


def test_hostile_names_are_text() -> None:
    assert plain("**a** :red[x] <b>") == r"\*\*a\*\* \:red\[x\] \<b\>"


def test_many_wrong_files_are_one_line_that_can_be_closed(app: AppTest) -> None:
    uploader = app.file_uploader(key="classify.files")
    files = [(f"bad{number}\u202egnp.txt", b"no picture", "image/png") for number in range(4)]
    uploader.set_value([*files, ("good.png", encoded(1), "image/png")]).run()
    (error,) = app.error
    assert error.value == "4 files could not be read."
    (reasons,) = [block.value for block in app.markdown if "Received a text file" in block.value]
    assert [line.split(":")[0] for line in reasons.splitlines()] == ["- " + plain(f"bad{n}gnp.txt") for n in range(4)]
    app.button(key="classify.close").click().run()
    assert_calm(app)
    assert [picture.name for picture in app.session_state["classify.pictures"].values()] == ["good.png"]
    app.run()
    assert_calm(app)


def test_the_surplus_stays_closed(app: AppTest) -> None:
    files = [(f"{number}.png", encoded(0), "image/png") for number in range(MOST + 3)]
    app.file_uploader(key="classify.files").set_value(files).run()
    app.button(key="classify.close").click().run()
    app.run()
    assert_calm(app)
    assert len(app.session_state["classify.pictures"]) == MOST


def test_streamlit_keeps_no_file_that_was_read(app: AppTest) -> None:
    app.file_uploader(key="classify.files").set_value([("good.png", encoded(1), "image/png")]).run()
    held = app.session_state["classify.files"]
    assert [getattr(file, "size", 0) and len(file.getvalue()) for file in held] == [0]
    app.run()
    assert_calm(app)
    assert [picture.name for picture in app.session_state["classify.pictures"].values()] == ["good.png"]
