import csv
import io

import pytest

from core.charts.table import as_csv


def test_numbers_come_back_as_they_were_and_commas_stay_in_their_cell() -> None:
    text = as_csv({"name": ['a, "b"', "é"], "value": [0.1 + 0.2, -1e-17]})
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["name", "value"]
    assert rows == [['a, "b"', repr(0.1 + 0.2)], ["é", repr(-1e-17)]]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@sum", "\t=1"])
def test_a_spreadsheet_computes_no_text(name: str) -> None:
    assert as_csv({name: [name]}).count(f"'{name}") == 2


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        as_csv({"one": [1], "two": [1, 2]})
