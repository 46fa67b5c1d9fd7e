"""A tour of four steps beside the title: on a first visit it is there, later it waits to be asked for."""

from core.charts.numbers import spelled
from pages.registry import PAGES
from pages.shared.component import component, packed

STEPS = (
    (
        f"{spelled(len(PAGES) - 1).capitalize()} pages, one lesson: from pixels to your own picture.",
        ".st-key-overview-route",
    ),
    ("One image on its way to its answer: choose a map, and it unfolds.", ".st-key-overview-network"),
    ("In the sidebar: data, network, snapshot. Every page follows.", '[data-testid="stSidebarUserContent"]'),
    ("Dotted words explain themselves; what you see, you can take home.", ".lesson-opening dfn, .st-key-overview-home"),
)
"""What is said, and the selector of what it is said of."""

_component = component(__file__, always={"steps": STEPS})
_NOTHING = packed({})


def draw_tour() -> None:
    """Draw the tour, or the button that begins it: the browser remembers whether it was there."""
    _component(key="overview.tour", data=_NOTHING)
