import csv
import io

import pytest

from core.model.structure.architecture import Architecture
from pages.network import takehome
from tests.pages.conftest import Visit, assert_calm, table_of


@pytest.mark.parametrize("text", ["u-c32-m2-c32-m2-c64-f-d64-d10l", "u-c16p-(c16p-c16pl)-r-m4-f-d10l"])
def test_the_table_is_that_of_the_page(text: str) -> None:
    architecture = Architecture.from_text(text)
    _, table = takehome.offer(architecture, "").files
    columns = table_of(table)
    assert columns["layer"] == [row.name for row in architecture.rows()]
    assert sum(map(int, columns["parameters"])) == architecture.parameter_count
    assert sum(map(int, columns["multiply-adds"])) == architecture.multiply_adds
    shapes = [tuple(map(int, shape.split("x"))) for shape in columns["output shape"]]
    assert shapes == [row.output_shape for row in architecture.rows()]


def test_the_tutorials_formula_is_a_cell_of_its_own() -> None:
    rows = list(csv.reader(io.StringIO(takehome.layers_csv(Architecture.tutorial()))))
    assert rows[1][:5] == ["conv2d", "Conv2D", "30x30x32", "896", "(3 x 3 x 3 + 1) x 32"]


def test_the_page_offers_both(visit: Visit) -> None:
    app = visit("network")
    app.session_state["network.home"] = True
    app.run()
    assert_calm(app)
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Keras script", "Drawing (.svg)", "Table of layers (.csv)"]
