from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go

from core.charts.reliability import PLOT, reliability_diagram, reliability_drawing
from core.model.quality.evaluation import evaluate

SVG = "{http://www.w3.org/2000/svg}"


def test_plotly_accepts_it_and_empty_bins_are_left_out() -> None:
    count = np.array([0, 10, 0, 90])
    values = np.array([np.nan, 0.4, np.nan, 0.9])
    figure = go.Figure(reliability_diagram(values, values, count))
    diagonal, points = figure.data
    assert list(diagonal.x) == list(diagonal.y) == [0, 1]
    assert list(points.x) == list(points.y) == [0.4, 0.9]
    assert points.marker.size[1] > points.marker.size[0]


def test_a_network_that_is_always_sure_and_half_right_lies_below_the_diagonal() -> None:
    logits = np.zeros((100, 10))
    logits[:, 3] = 50
    evaluation = evaluate(logits, np.array([3, 4] * 50))
    figure = reliability_diagram(evaluation.bin_confidence, evaluation.bin_accuracy, evaluation.bin_count)
    assert figure["data"][1]["x"] == [1.0]
    assert figure["data"][1]["y"] == [0.5]
    assert "100 answers" in figure["data"][1]["text"][0]


def test_the_drawing_shows_the_filled_bins_in_their_places() -> None:
    count = np.array([0, 10, 0, 90])
    confidence, accuracy = np.array([np.nan, 0.4, np.nan, 0.9]), np.array([np.nan, 0.3, np.nan, 0.95])
    file = ElementTree.fromstring(reliability_drawing(confidence, accuracy, count, title="a < b").svg())
    dots = [[float(dot.attrib[name]) for name in ("cx", "cy", "r")] for dot in file.findall(f"{SVG}circle")]
    assert [dot[:2] for dot in dots] == [list(PLOT.place(0.4, 0.3)), list(PLOT.place(0.9, 0.95))]
    assert dots[0][2] < dots[1][2]
    assert PLOT.place(0, 0) == (PLOT.left, PLOT.bottom) and PLOT.place(1, 1) == (PLOT.right, PLOT.top)
