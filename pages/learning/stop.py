"""The learning page's stop of the route: the landscape around the chosen run's way, or its loss."""

import numpy as np

from core.charts.sparkline import sparkline
from pages.learning.landscape import stored
from pages.learning.takehome import map_of
from pages.shared.sidebar import Selection
from pages.shared.stop_pictures import image


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    if selection.run is None:
        return ""
    if found := stored(selection.run):
        return image(map_of(found, scale=4), "The loss around the run’s way, from above")
    losses = np.asarray(selection.run.epoch_table().get("val_loss", ()), np.float64)
    if not np.isfinite(losses).any():
        return ""
    return sparkline([losses], low=0, high=float(np.nanmax(losses)), label="The loss, epoch by epoch")
