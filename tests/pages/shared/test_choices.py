"""The one way to keep a choice: by link, from page to page, back in the address."""

import pytest
from streamlit.testing.v1 import AppTest

from core.data.sets import digits
from pages.shared.choices import OneOf, Several, Whole
from tests.pages.conftest import NAVIGATION, assert_calm


def open_link(page: str, **asked: str) -> AppTest:
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params.update(asked)
    if page != "overview":
        app.switch_page(f"{page}/{page}.py")
    app.run()
    assert_calm(app)
    return app


def go(app: AppTest, page: str) -> AppTest:
    """Go to a page by the navigation, which names no choice in the address."""
    app.query_params.clear()
    app.switch_page(f"{page}/{page}.py").run()
    assert_calm(app)
    return app


def address(app: AppTest) -> dict[str, str]:
    """Return what the address says, a text for each name."""
    return {name: said if isinstance(said, str) else said[-1] for name, said in app.query_params.items()}


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def test_texts_are_read_as_they_are_written() -> None:
    windows = OneOf("network.window", (2, 3, 4), words=lambda side: f"{side} × {side}")
    assert [windows.read(windows.write(side)) for side in (2, 3, 4)] == [2, 3, 4]
    pages = Whole("dataset.page", 1, 20)
    assert pages.read(pages.write(7)) == 7
    for nonsense in ("", "0", "21", "-1", "1.5", "1e3", "٣", "9" * 5000, "007", f"{7:013}", f"{99:014}"):
        with pytest.raises(ValueError):
            pages.read(nonsense)


def test_what_is_no_longer_on_offer_becomes_the_nearest_or_the_usual() -> None:
    assert Whole("dataset.page", 1, 4).fit(9) == 4
    assert Whole("dataset.shuffle", 0, 9, usual=None).fit(None) is None
    assert OneOf("dataset.class", ("cat", "dog"), usual="dog").fit("seven") == "dog"
    assert OneOf("kernels.panel", ("code", "flip"), optional=True).fit(None) is None
    runs = Several("training.compared", ("a", "b", "c"), usual=["c"], most=2)
    assert (runs.fit(["a", "b", "c"]), runs.fit(["gone"]), runs.fit([])) == (["a", "b"], ["c"], [])
    assert runs.read("b,b,a") == ["b", "a"]


def test_a_choice_is_named_in_the_address_and_the_usual_one_is_not() -> None:
    app = open_link("dataset")
    app.selectbox(key="dataset.class").set_value("cat").run()
    assert address(app)["dataset.class"] == "cat"
    app.selectbox(key="dataset.class").set_value("all classes").run()
    assert "dataset.class" not in app.query_params


def test_an_address_that_comes_late_changes_nothing() -> None:
    """A quick second choice still comes with the address of the first."""
    app = open_link("dataset", data="digits")
    app.selectbox(key="dataset.class").set_value("seven").run()
    app.query_params.clear()
    app.query_params.update({"data": "cifar10-sample", "dataset.class": "one"})
    app.number_input(key="dataset.page").set_value(2).run()
    assert app.selectbox(key="dataset.class").value == "seven"
    assert address(app)["dataset.class"] == "seven"
    assert address(app)["dataset.page"] == "2"


def _moving() -> None:
    import streamlit as st

    from pages.shared import choices

    choices.begin("training")
    epoch = choices.Whole("sidebar.epoch", 0, 10, name="epoch", named="always")
    if "move on to" in st.session_state:
        choices.follow(epoch=st.session_state.pop("move on to"))
    epoch.slider("Snapshot")
    choices.end()


def test_a_browser_that_has_not_heard_of_what_the_page_chose_changes_nothing() -> None:
    app = AppTest.from_function(_moving, default_timeout=60).run()

    def told(value: int, *, at: int) -> int:
        app.query_params["epoch"] = str(at)
        return app.slider[0].set_value(value).run().slider[0].value

    app.session_state["move on to"] = "1"
    assert app.run().slider[0].value == 1
    assert told(0, at=0) == 1
    assert address(app)["epoch"] == "1"
    assert told(3, at=0) == 3
    app.session_state["move on to"] = "4"
    app.run()
    assert told(3, at=4) == 3
    assert told(4, at=3) == 4
    assert told(3, at=3) == 3  # a quick second choice, back to the one before


def _lesson() -> None:
    import streamlit as st

    from pages.shared import choices

    choices.begin(st.session_state["page"])
    if st.session_state["page"] == "dataset":
        st.session_state["epoch"] = choices.Whole("sidebar.epoch", 0, 10, name="epoch", usual=10).value()
    elif st.session_state["cut short"]:
        st.stop()
    choices.end()


@pytest.mark.parametrize(("cut_short", "epoch"), [(True, 2), (False, 10)])
def test_what_a_page_was_asked_for_is_shown_by_the_next_one_that_is_opened_before_it_is_drawn(
    cut_short: bool, epoch: int
) -> None:
    app = AppTest.from_function(_lesson, default_timeout=60)
    app.session_state["page"], app.session_state["cut short"] = "kernels", cut_short
    app.query_params["epoch"] = "2"
    app.run()
    app.session_state["page"] = "dataset"
    app.query_params.clear()
    assert app.run().session_state["epoch"] == epoch


def _left() -> None:
    import streamlit as st

    from pages.shared import choices

    choices.begin(st.session_state["page"])
    choices.Whole("sidebar.epoch", 0, 10, name="epoch", usual=10, named="always").slider("Snapshot")
    if st.session_state["page"] == "kernels" and st.session_state["cut short"]:
        st.stop()
    choices.end()


@pytest.mark.parametrize("cut_short", [True, False])
def test_a_choice_told_by_a_browser_that_has_not_heard_of_the_page_a_link_led_to_is_kept(cut_short: bool) -> None:
    """The link was clicked, the next page is begun, and the one that is still shown tells of a choice."""
    app = AppTest.from_function(_left, default_timeout=60)
    app.session_state["page"], app.session_state["cut short"] = "dataset", cut_short
    shown = app.run().slider[0]

    def follow_link(page: str) -> int:
        app.session_state["page"] = page
        app.query_params.clear()
        return app.run().slider[0].value

    assert follow_link("kernels") == 10
    app.session_state["page"] = "dataset"
    app.query_params["epoch"] = "10"
    assert shown.set_value(3).run().slider[0].value == 3
    assert address(app) == {"epoch": "3"}
    assert follow_link("kernels") == 3
    assert follow_link("dataset") == 3


def test_a_choice_is_remembered_on_other_pages_and_comes_back() -> None:
    app = open_link("dataset", data="digits")
    app.selectbox(key="dataset.class").set_value("seven").run()
    go(app, "network")
    assert "dataset.class" not in app.query_params
    go(app, "dataset")
    assert app.selectbox(key="dataset.class").value == "seven"
    assert address(app)["dataset.class"] == "seven"


def test_nonsense_gets_a_sentence_once_and_the_usual_choice() -> None:
    app = open_link("dataset", **{"dataset.class": "unicorn", "image": "999999"})
    said = [warning.value.replace("\\", "") for warning in app.warning]
    assert len(said) == 2
    assert "There is: all classes, airplane" in said[0]
    assert "Expected a whole number from 0 to 19." in said[1]
    assert app.selectbox(key="dataset.class").value == "all classes"
    assert not app.run().warning


def test_one_image_is_carried_through_the_lesson() -> None:
    app = open_link("dataset", data="digits")
    app.number_input(key="image.index").set_value(9).run()
    for page in ("kernels", "network", "activations", "dataset"):
        go(app, page)
        assert app.number_input(key="image.index").value == 9
        assert app.button_group(key="image.split").value == "train"
        assert (address(app)["split"], address(app)["image"]) == ("train", "9")


def test_an_image_that_nobody_chose_is_not_carried() -> None:
    app = open_link("dataset", data="digits")
    go(app, "activations")
    assert app.number_input(key="image.index").value == 7
    go(app, "dataset")
    assert app.number_input(key="image.index").value == 0


def test_what_a_link_names_is_chosen_though_it_is_the_usual() -> None:
    """Else another view or page, with a usual choice of its own, shows something else after the link."""
    named = {"activations.layer": "conv2d", "split": "train", "image": "7"}
    app = open_link("activations", data="digits", **named)
    assert named.items() <= address(app).items()
    go(app, "dataset")
    assert app.number_input(key="image.index").value == 7
    app = open_link("activations", data="digits", image="99999999")
    assert not {"split", "image"} & address(app).keys()


def test_a_test_image_chosen_elsewhere_is_the_one_answered_for() -> None:
    chosen = digits.load().test.indices[8]
    app = open_link("predictions", data="digits", split="test", image=str(chosen))
    assert f"<dt>test image</dt><dd>{chosen:,}</dd>" in texts(app)


@pytest.mark.cifar10
def test_the_tutorials_image_is_a_button_away(cifar10_environment: object) -> None:
    app = open_link("activations", data="cifar10", split="test", image="5")
    app.button(key="image.tutorial").click().run()
    assert_calm(app)
    assert app.number_input(key="image.index").value == 7
    assert app.button_group(key="image.split").value == "train"
    assert not [button for button in app.button if button.key == "image.tutorial"]


def test_nonsense_does_not_turn_the_direction_of_its_sentence() -> None:
    app = open_link("dataset", image="\u202e7")
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        "This link asks for image “7”. Expected a whole number from 0 to 19. The usual choice is shown instead."
    ]
