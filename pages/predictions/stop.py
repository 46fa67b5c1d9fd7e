"""The predictions page's stop of the route: the snapshot's confusion matrix."""

import numpy as np

from core.charts import color
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import image


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    evaluation = selection.snapshot.evaluation() if selection.snapshot else None
    if evaluation is None:
        return ""
    counts = np.asarray(evaluation.confusion, np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return image(color.signed(shares, 1.0), "Confusion matrix: true classes down, predicted classes across")
