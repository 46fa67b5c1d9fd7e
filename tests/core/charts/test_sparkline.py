import re

import numpy as np

from core.charts.sparkline import sparkline


def _points(svg: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'points="([^"]*)"', svg)
    return [[tuple(map(float, point.split(","))) for point in line.split()] for line in lines]  # type: ignore[misc]


def test_higher_values_stand_higher_and_time_runs_right() -> None:
    [line] = _points(sparkline([[0.0, 0.5, 1.0]], low=0, high=1, label="x"))
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    assert [y for _, y in line] == sorted((y for _, y in line), reverse=True)
    assert line[0][1] - line[1][1] == line[1][1] - line[2][1]


def test_missing_values_are_left_out() -> None:
    first, second = _points(sparkline([[np.nan, 0.5, 1.0], [0.1, 0.5, 0.9]], low=0, high=1, label="x"))
    assert (len(first), len(second)) == (2, 3)
    assert first[0][0] == second[1][0]


def test_it_says_what_it_shows() -> None:
    assert 'aria-label="accuracy"' in sparkline([[0, 1]], low=0, high=1, label="accuracy")
