"""Is the network right as often as it claims to be? Drawn when somebody opens it: Plotly is large."""

import streamlit as st

from core.charts.bars import percent
from core.charts.reliability import reliability_diagram
from core.model.evaluation import Evaluation
from pages.shared import lesson


def draw(evaluation: Evaluation, *, key: str) -> None:
    """Draw the reliability diagram of an evaluation in an expander."""
    with st.expander("Is it right as often as it claims?", key=key, on_change="rerun") as details:
        if not details.open:
            return
        figure = reliability_diagram(evaluation.bin_confidence, evaluation.bin_accuracy, evaluation.bin_count)
        alt = "Accuracy over confidence; on the dashed diagonal both are equal"
        st.plotly_chart(figure, config={"displayModeBar": False}, key=f"{key}_chart", alt=alt, width=560)
        lesson.insight(verdict(evaluation))


def verdict(evaluation: Evaluation) -> str:
    """Say on which side of the dashed line a network's answers lie, and how far off they are."""
    claimed, right = evaluation.confidence, evaluation.accuracy
    above = evaluation.bin_count[evaluation.bin_accuracy > evaluation.bin_confidence].sum() / max(evaluation.n, 1)
    points = 100 * (claimed - right)
    figures = f"on average it claims {percent(claimed)} and is right {percent(right)} of the time"
    if abs(points) < 1:
        judgment = f"It is about as sure as it should be: {figures}."
    elif points > 0:
        judgment = (
            f"It is too sure of itself: {figures}. "
            f"{_part(1 - above)} of its answers are in groups below the dashed line."
        )
    else:
        judgment = (
            f"It is not sure enough: {figures}. {_part(above)} of its answers are in groups above the dashed line."
        )
    return f"{judgment} Group by group it is off by {100 * evaluation.calibration_error:.1f} points."


def _part(share: float) -> str:
    return "All" if share >= 0.9995 else percent(share)
