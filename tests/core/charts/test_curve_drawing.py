from xml.etree import ElementTree

import numpy as np

from core.charts.curve_drawing import BOTTOM, COLORS, LEFT, RIGHT, TOP, curve_drawing

SVG = "{http://www.w3.org/2000/svg}"


def test_every_point_lies_in_its_place() -> None:
    x = np.array([0.0, 1, 2, 4])
    y = np.array([np.nan, 2.0, 1.0, 9.0])
    drawing = curve_drawing({"a < b": (x, y)}, title="loss & co", x_title="epoch", high=2.0)
    file = ElementTree.fromstring(drawing.svg())
    (line,) = file.findall(f"{SVG}polyline[@stroke='{COLORS[0]}']")
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    quarter = (RIGHT - LEFT) / 4
    assert points == [(LEFT + quarter, TOP), (LEFT + 2 * quarter, (TOP + BOTTOM) / 2), (RIGHT, TOP)]
    texts = [each.text for each in file.findall(f"{SVG}text")]
    assert {"a < b", "loss & co", "epoch", "0.5", "4"} <= set(texts)


def test_a_run_that_has_not_begun_is_an_empty_plot() -> None:
    nothing = np.empty(0)
    drawing = curve_drawing({"training": (nothing, nothing)}, title="", x_title="epoch", high=1.0)
    file = ElementTree.fromstring(drawing.svg())
    assert file.findall(f"{SVG}polyline[@stroke='{COLORS[0]}']")[0].attrib["points"] == ""
