"""Is the network right as often as it claims to be? Drawn when somebody opens it: Plotly is large."""

import streamlit as st

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
        error = f"{100 * evaluation.calibration_error:.1f}"
        lesson.insight(f"Below the dashed line it is too sure of itself. On average it is off by {error} points.")
