"""What the builder shows: rows by layer, totals, the layer that breaks, volumes of the drawing."""

from core.model.structure.architecture import Architecture
from pages.network.builder.table import layer_table
from pages.shared.volumes import volumes


def test_the_tutorials_table_adds_up_to_94890() -> None:
    table = layer_table(Architecture.tutorial(), 10)
    counts = [row["parameters"] for row in table["rows"] if row["parameters"]]
    assert counts == [896, 9248, 18496, 65600, 650]
    assert table["totals"]["parameters"] == 94890
    assert table["rows"][0]["formula"] == "(3 × 3 × 3 + 1) × 32"
    assert table["error"] is None


def test_a_stack_that_breaks_keeps_the_rows_before_the_break() -> None:
    table = layer_table(Architecture.from_text("u-c32-f-m2-d10l"), 10)
    assert table["error"]["layer"] == 2
    assert "Received a vector of 28,800 numbers" in table["error"]["message"]
    assert [("shape" in row) for row in table["rows"]] == [True, True, False, False]


def test_a_residual_block_has_a_row_of_its_own_and_one_for_each_layer_inside() -> None:
    table = layer_table(Architecture.from_text("u-c8p-(c8p-c8p)-ga-d10l"), 10)
    assert [len(row["inside"]) for row in table["rows"]] == [0, 2, 0, 0]
    assert table["rows"][1]["name"] == "add"


def test_layers_that_keep_the_shape_become_remarks() -> None:
    drawn = volumes(Architecture.from_text("u-c8pl-n-r-o0.5-m2-ga-d10l"))
    assert [volume.title for volume in drawn] == ["Input", "Conv 3 × 3", "Max 2 × 2", "Global mean", "Dense"]
    assert drawn[1].remarks == ("BatchNorm", "ReLU", "Dropout 50 %")
    assert drawn[1].layer == 0 and drawn[2].layer == 4


def test_activations_are_called_as_people_call_them() -> None:
    drawn = volumes(Architecture.from_text("u-c8w-c8l-tg-f-d10l"))
    assert [volume.remarks for volume in drawn[1:]] == [("SiLU",), ("GELU",), (), ()]


def test_the_drawing_stops_where_the_stack_breaks() -> None:
    assert [volume.title for volume in volumes(Architecture.from_text("u-c32-f-m2-d10l"))] == [
        "Input",
        "Conv 3 × 3",
        "Flatten",
    ]


def test_a_head_of_other_classes_than_the_data_s_breaks_the_table() -> None:
    network = Architecture.tutorial(classes=3)
    assert layer_table(network, 3)["error"] is None
    error = layer_table(network, 10)["error"]
    assert error["layer"] == 7
    assert "Dense with 10 units" in error["message"]
