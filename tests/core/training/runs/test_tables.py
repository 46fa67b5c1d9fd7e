import math
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.training.runs import tables
from core.training.runs.tables import MAX_ROWS, WHOLE_ROWS, GrowingTable, Table, read_table

COLUMNS = ("step", "loss")


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
    again = Table(tmp_path / "t.csv", ("step", "loss"), until=3)
    again.append(step=4, loss=9)
    assert read_table(tmp_path / "t.csv")["step"].tolist() == [1, 2, 3, 4]
    assert np.allclose(read_table(tmp_path / "t.csv")["loss"], [1, 1 / 2, 1 / 3, 9], atol=1e-5)


@pytest.mark.parametrize("until", [-1, 0, 3, 99])
def test_cutting_keeps_exactly_the_lines_before(tmp_path: Path, until: int) -> None:
    path = tmp_path / "t.csv"
    table = Table(path, COLUMNS)
    for step in range(1, 6):
        table.append(step=step, loss=1)
    table.close()
    Table(path, COLUMNS, until=until).close()
    assert read_table(path)["step"].tolist() == [step for step in range(1, 6) if step <= until]


def test_both_readers_agree_with_the_plain_reading_of_every_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [
        "step,loss,rate",
        "1,2.5,",
        "2,,",
        "3,nan,1e-3",
        "x,1,2",
        "4,oops,7",
        "5,1",
        "6,1,2,3",
        "",
        "7,-inf,0",
        "8,",
    ]
    path.write_text("\n".join(lines))
    expected = [[1, 2.5, None], [2, None, None], [3, None, 1e-3], [4, None, 7], [7, -math.inf, 0]]
    grown = GrowingTable(path, ("step", "loss", "rate")).look()
    found = np.stack([grown[name] for name in ("step", "loss", "rate")], axis=1)
    assert [[None if math.isnan(x) else x for x in row] for row in found.tolist()] == expected
    whole = read_table(path)
    assert whole["step"][np.isfinite(whole["step"])].tolist() == [row[0] for row in expected]


def test_a_growing_table_reads_on_and_begins_anew_when_replaced(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    growing = GrowingTable(path, COLUMNS)
    assert len(growing.look()["step"]) == 0
    table = Table(path, COLUMNS)
    for step in range(1, 1001):
        table.append(step=step, loss=1 / step)
        if step % 100 == 0:
            assert growing.look()["step"].tolist() == list(range(1, step + 1))
    table.close()
    Table(path, COLUMNS, until=10).append(step=11, loss=0)
    assert growing.look()["step"].tolist() == list(range(1, 12))
    path.write_text("nonsense")
    assert len(growing.look()["loss"]) == 0
    path.unlink()
    assert len(growing.look()["loss"]) == 0


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million and a half steps, as a run with batches of one image leaves them."""
    path = tmp_path_factory.mktemp("long") / "steps.csv"
    with path.open("w") as file:
        file.write("step,loss\n")
        for begin in range(1, 1_500_001, 10_000):
            file.write("".join(f"{step},{2 / step:.6g}\n" for step in range(begin, begin + 10_000)))
    return path


def test_a_long_table_is_kept_thinned_evenly_and_whole_at_its_end(long_table: Path) -> None:
    growing = GrowingTable(long_table, COLUMNS)
    steps = growing.look()["step"]
    assert len(steps) <= MAX_ROWS
    assert growing.nbytes < 2_000_000
    assert steps[-WHOLE_ROWS:].tolist() == list(range(1_500_001 - WHOLE_ROWS, 1_500_001))
    old = steps[steps < 1_500_000 - 2 * MAX_ROWS]
    assert set(np.diff(old)) == {256}
    assert np.allclose(growing.look()["loss"], 2 / steps, rtol=1e-5)


def test_others_run_while_a_long_table_is_read(long_table: Path) -> None:
    """The longest time in which this thread gets no turn is a small part of what the reading takes."""
    reader = threading.Thread(target=GrowingTable(long_table, COLUMNS).look)
    began = last = time.monotonic()
    longest = 0.0
    reader.start()
    while reader.is_alive():
        time.sleep(0.001)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    assert longest < 0.25 * (last - began)


def test_tables_are_read_once_for_all_and_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_CACHED_BYTES", 100_000)
    tables._cached.clear()
    for number in range(100):
        table = Table(tmp_path / f"{number}.csv", COLUMNS)
        for step in range(100):
            table.append(step=step, loss=1)
        assert tables.table(tmp_path / f"{number}.csv", COLUMNS) is tables.table(tmp_path / f"{number}.csv", COLUMNS)
    assert sum(each.nbytes for each in tables._cached.values()) < 120_000
