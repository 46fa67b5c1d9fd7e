"""What the browser needs to let a visitor pick any weight: the variables, and the slopes around the chosen one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.model.structure.weights import Weight
from pages.learning.setting import Setting, in_words, sees_colors

MOST_CELLS = 1024
"""Of a unit with more inputs, those with the steepest slopes are drawn."""


def picker_data(setting: Setting, weight: Weight) -> dict[str, Any]:
    """Return what pick.js draws, as JSON types.

    Strips say how much each filter, and what of the chosen filter lies on each channel of the picture or each map, is
    to move: the root of the sum of the squared slopes of its weights. Cells are the weights one can pick, with their
    slopes.
    """
    variables = [each for each in cached.variables(setting.snapshot) if each.learned]
    slopes = cached.slopes(setting.snapshot, setting.batch).gradients[weight.variable]
    values = _values(setting, weight.variable)
    variable = next(each for each in variables if each.text == weight.variable)
    strips, cells = _around(weight.index, slopes, "channel" if sees_colors(variable, variables) else "map")
    return {
        "variables": [{"text": each.text, "shape": list(each.shape)} for each in variables],
        "weight": str(weight),
        "words": in_words(weight, variables),
        "strips": strips,
        "cells": {
            "places": [list(place) for place in cells],
            "values": [short(values[place]) for place in cells],
            "slopes": [short(slopes[place]) for place in cells],
            "limit": [short(np.abs(values).max()), short(np.abs(slopes).max())],
        },
    }


def short(value: float) -> float | None:
    """Return a number with the seven digits that float32 has; None where it is not finite."""
    return float(f"{float(value):.7g}") if np.isfinite(value) else None


def _values(setting: Setting, text: str) -> NDArray[np.float32]:
    place = [each.text for each in cached.variables(setting.snapshot)].index(text)
    return np.asarray(cached.network(setting.snapshot).weights[place])


def _around(
    index: tuple[int, ...], slopes: NDArray[np.float32], source: str
) -> tuple[list[Any], list[tuple[int, ...]]]:
    """Return the strips, each a name, a place in the index and strengths; and the places of the cells.

    Args:
        index: of the chosen weight.
        slopes: by its variable.
        source: what each of the things is called that a kernel lies on.
    """
    squares = np.square(slopes, dtype=np.float64)
    if slopes.ndim == 4:
        of_filters, of_sources = squares.sum(axis=(0, 1, 2)), squares[..., index[3]].sum(axis=(0, 1))
        strips = [_strip("filter", 3, np.sqrt(of_filters)), _strip(source, 2, np.sqrt(of_sources))]
        rows, columns = map(range, slopes.shape[:2])
        cells = [(row, column, *index[2:]) for row in rows for column in columns]
        return [strip for strip in strips if len(strip["strengths"]) > 1], cells
    if slopes.ndim == 2:
        return [_strip("unit", 1, np.sqrt(squares.sum(axis=0)))], [
            (place, index[1]) for place in _shown(squares[:, index[1]], index[0])
        ]
    return [], [(place,) for place in _shown(squares, index[0])]


def _shown(squares: NDArray[np.float64], chosen: int) -> list[int]:
    """Return the places to draw, ascending: all, or the steepest and the chosen one."""
    steepest = np.argsort(-squares, kind="stable")[:MOST_CELLS]
    return sorted({int(place) for place in steepest} | {chosen})


def _strip(name: str, axis: int, strengths: NDArray[np.float64]) -> dict[str, Any]:
    return {"name": name, "axis": axis, "strengths": [short(each) for each in strengths]}
