"""The route through the lesson: one stop a page, each with a picture made from the data and the snapshot at hand."""

import html
from importlib import import_module

from core import cached
from core.bounded import remembered
from core.charts import png
from core.charts.network_drawing import draw
from core.errors import ConvscopeError
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.registry import PAGES, LessonPage
from pages.shared.component import component, packed
from pages.shared.sidebar import Selection
from pages.shared.volumes import volumes

_component = component(__file__)


def draw_route(selection: Selection) -> None:
    """Draw the stops in one row; each is a link."""
    run = selection.run
    data = _packed_route(selection.dataset.name, run, selection.snapshot, run.epochs if run else ())
    _component(key="overview.route", data=data)


@remembered(16)
def _packed_route(dataset: str, run: Run | None, snapshot: Snapshot | None, epochs: tuple[int, ...]) -> bytes:
    """Return the stops as the component takes them; the pictures depend on the arguments alone."""
    selection = Selection(dataset=cached.dataset(dataset), run=run, snapshot=snapshot)
    stops = "".join(_link(number, page, selection) for number, page in enumerate(PAGES[1:], start=1))
    return packed(
        {
            "shown": f"{dataset} {run} {snapshot and snapshot.epoch} {epochs}",
            "html": f'<nav class="route">{stops}</nav>',
        }
    )


def _link(number: int, page: LessonPage, selection: Selection) -> str:
    try:
        picture = picture_of(page, selection)
    except ConvscopeError as error:  # a damaged file costs this picture, not the route
        picture = f"<p>{html.escape(str(error))}</p>"
    return (
        f'<a href="{page.name}"><div class="picture">{picture}</div>'
        f'<p class="title">{number} {page.title}</p><p class="question">{page.question}</p></a>'
    )


def picture_of(page: LessonPage, selection: Selection) -> str:
    """Return the picture at a page's stop as HTML; its own `stop.py` draws it, empty where there is nothing to see."""
    drawn: str = import_module(f"pages.{page.name}.stop").picture(selection)
    return drawn


def draw_network(selection: Selection) -> None:
    """Draw the chosen run's network to scale with a test image before it, as large as the page is wide."""
    drawing = draw(volumes(selection.architecture), picture=png.data_uri(selection.dataset.test.images[0]))
    _component(key="overview.picture", data={"shown": drawing, "html": f'<div class="large">{drawing}</div>'})
