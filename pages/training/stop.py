"""The training page's stop of the route: the chosen run's accuracy, epoch by epoch."""

from core.charts.sparkline import sparkline
from pages.shared.sidebar import Selection


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    table = selection.run.epoch_table() if selection.run else {}
    if not len(table.get("epoch", ())):
        return ""
    label = "Training and validation accuracy, epoch by epoch"
    return sparkline([table["accuracy"], table["val_accuracy"]], low=0, high=1, label=label)
