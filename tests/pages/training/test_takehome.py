from xml.etree import ElementTree

import numpy as np
import pytest

from core.charts.curve_drawing import BOTTOM, COLORS, LEFT, RIGHT, TOP
from core.training.catalogue import find_run
from pages.training import takehome

POLYLINE = "{http://www.w3.org/2000/svg}polyline"


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_curves_are_those_of_the_run(name: str) -> None:
    run = find_run("tutorial")
    table = run.epoch_table()
    file = ElementTree.fromstring(takehome.curves(run, name).svg())
    high = 1.0 if name == "accuracy" else max(np.nanmax(table["loss"]), np.nanmax(table["val_loss"]))
    lines = [line for line in file.findall(POLYLINE) if line.attrib["stroke"] in COLORS]
    for line, column in zip(lines, (name, f"val_{name}"), strict=True):
        points = np.array([point.split(",") for point in line.attrib["points"].split()], float)
        known = np.isfinite(table[column])
        epochs = (points[:, 0] - LEFT) / (RIGHT - LEFT) * table["epoch"].max()
        np.testing.assert_allclose(epochs, table["epoch"][known], atol=0.01)  # a tenth of a unit is drawn
        values = (BOTTOM - points[:, 1]) / (BOTTOM - TOP) * high
        np.testing.assert_allclose(values, table[column][known], atol=0.001 * high)
