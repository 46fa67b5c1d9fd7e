"""The network page without a browser: what the builder and the pooling view are given, and what the page says."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core.model.structure.architecture import Architecture
from pages.network.builder.kinds import presets
from tests.pages.conftest import NAVIGATION, Visit, assert_calm


def component(app: AppTest, name: str) -> dict[str, Any]:
    """The data of the component called `name`."""
    found = [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]
    return json.loads(found[0].bytes)


def test_opens_on_the_tutorials_network(visit: Visit) -> None:
    data = component(visit("network"), "convscope.builder")
    assert data["totals"]["parameters"] == 94890
    assert [row["parameters"] for row in data["rows"] if row["parameters"]] == [896, 9248, 18496, 65600, 650]
    assert "Conv 3 × 3" in data["drawing"]


def test_says_which_layer_holds_the_parameters_and_which_does_the_work(visit: Visit) -> None:
    page = " ".join(element.proto.body for element in visit("network").get("html"))
    assert (
        "The first Dense holds 69 % of the 94,890 parameters; the second Conv2D does 58 % of the multiplications."
        in page
    )


def follow(text: str) -> AppTest:
    """Open a link to a network."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    app.query_params["network"] = text
    app.switch_page("network/network.py").run()
    assert_calm(app)
    return app


def test_a_link_brings_a_network_of_its_own() -> None:
    app = follow("u-c8-f-d10l")
    assert [layer["kind"] for layer in component(app, "convscope.builder")["layers"]] == ["Conv2D", "Flatten", "Dense"]


def test_a_nonsense_link_is_explained_and_the_tutorials_network_shown() -> None:
    app = follow("banana")
    assert "Expected a network that begins with" in app.warning[0].value
    assert component(app, "convscope.builder")["totals"]["parameters"] == 94890
    assert "network" not in app.query_params


def test_an_impossible_stack_is_explained_at_its_layer() -> None:
    error = component(follow("u-c32-d10l"), "convscope.builder")["error"]
    assert error["layer"] == 1
    assert "Expected a vector before Dense." in error["message"]


def test_the_script_can_be_taken_away(visit: Visit) -> None:
    app = visit("network")
    assert [button.proto.label for button in app.get("download_button")] == ["Keras script"]


def test_pooling_follows_the_channel_and_the_window(visit: Visit) -> None:
    app = visit("network")
    assert len(component(app, "convscope.pooling")["output"]) == 16
    app.button_group(key="network.window").set_value(4).run()
    assert_calm(app)
    data = component(app, "convscope.pooling")
    assert len(data["output"]) == 8
    window = [value for row in data["input"][:4] for value in row[:4]]
    assert data["output"][0][0] == max(window)
    row, column = data["winners"][0][0]
    assert data["input"][row][column] == max(window)


def test_the_presets_are_networks_that_can_be_built(visit: Visit) -> None:
    for preset in presets().values():
        assert Architecture.from_json(preset).parameter_count > 0


def test_pooling_counts_only_what_a_window_covers(visit: Visit) -> None:
    """Windows of 3 x 3 leave two rows and columns of 32 out: 100 numbers come of 900, not of 1,024."""
    app = visit("network")
    app.button_group(key="network.window").set_value(3).run()
    page = " ".join(element.proto.body for element in app.get("html"))
    assert "100 of 900" in page
    assert "2 rows and columns at the edge fill no window and are left out." in page
    app.button_group(key="network.window").set_value(2).run()
    assert "left out" not in " ".join(element.proto.body for element in app.get("html"))
