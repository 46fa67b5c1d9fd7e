import math
from pathlib import Path

import numpy as np
import pytest

from core.training.files import Table, read_json, read_table, replacing, write_json


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert read_json(path) == {"a": 1}
    assert [child.name for child in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00"])
def test_damaged_json_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_json(tmp_path / "a.json") is None
    assert read_json(tmp_path / "missing.json") is None


def test_a_table_is_readable_while_it_grows(tmp_path: Path) -> None:
    table = Table(tmp_path / "t.csv", ("step", "loss"))
    table.append(step=1, loss=2.5)
    table.append(step=2)
    with (tmp_path / "t.csv").open("a") as file:
        file.write("3,1.")
    columns = read_table(tmp_path / "t.csv")
    assert columns["step"].tolist() == [1, 2]
    assert columns["loss"][0] == 2.5
    assert math.isnan(columns["loss"][1])


def test_what_a_crash_left_over_is_dropped(tmp_path: Path) -> None:
    table = Table(tmp_path / "t.csv", ("step", "loss"))
    for step in range(1, 6):
        table.append(step=step, loss=1 / step)
    table.close()
    with (tmp_path / "t.csv").open("a") as file:
        file.write("6,0.")
    again = Table(tmp_path / "t.csv", ("step", "loss"), keep=lambda row: row["step"] <= 3)
    again.append(step=4, loss=9)
    assert read_table(tmp_path / "t.csv")["step"].tolist() == [1, 2, 3, 4]
    assert np.allclose(read_table(tmp_path / "t.csv")["loss"], [1, 1 / 2, 1 / 3, 9], atol=1e-5)
