import numpy as np
import plotly.graph_objects as go

from core.charts.reliability import reliability_diagram
from core.model.evaluation import evaluate


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
