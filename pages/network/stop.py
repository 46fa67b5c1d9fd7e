"""The network page's stop of the route: the chosen run's network, to scale."""

from core.charts.network_drawing import draw
from pages.shared.sidebar import Selection
from pages.shared.volumes import volumes


def picture(selection: Selection) -> str:
    """Return the stop's picture as HTML; nothing where there is none."""
    return draw(volumes(selection.architecture))
