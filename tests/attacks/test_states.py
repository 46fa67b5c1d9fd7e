"""States of widgets that no browser sends: whatever they hold, the page answers."""

import asyncio
import json
import math
from collections.abc import Iterator

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.server import running_app
from tests.loop import run
from tests.visitors import PAGES, Visitor

VALUES = (
    "NaN",
    "Infinity",
    "-Infinity",
    "-1",
    "1e400",
    "9" * 5000,
    '"\\u0000\\u202e"',
    "true",
    "[]",
    "[[[[0]]]]",
    "[NaN, NaN]",
    "[-1, 99]",
    "[NaN, Infinity, -Infinity]",
    '{"version": Infinity, "layers": [], "scaling": "unit"}',
    '{"version": 1e308, "layers": NaN, "scaling": {}}',
    '{"version": 3, "layers": [{"type": "Conv2D", "filters": Infinity, "kernel_size": NaN}], "scaling": "unit"}',
    '{"version": 4, "layers": [{"kind": "Conv2D", "filters": 1e999}, 7, null, [], "x"], "scaling": "standard"}',
    '{"version": 5, "layers": ' + "[" * 400 + "]" * 400 + ', "scaling": "unit"}',
    '{"number": NaN, "wish": ["pause"]}',
    '{"number": 1e309, "wish": "re\\u0000start"}',
    '{"revision": NaN, "state": NaN}',
    '{"revision": 0, "state": {"kernels": [[NaN]], "color": "k\\u0000=\\u202enan*inf"}}',
    '{"revision": 0, "state": {"kernels": [[1]], "row": 1e999, "bias": ' + "9" * 4000 + "}}",
    "[" * 2_000,
)
"""JSON as Python reads it, and what only looks like it."""

NAMES = (
    "clicked", "epoch", "square", "edit", "wish", "news", "settled", "at", "chosen", "weight", "pace", "start", "map",
    "view",
)  # fmt: skip
"""What components tell."""

VIEWS = [(page, "") for page in PAGES] + [
    ("learning", f"learning.view={view}") for view in ("Slope", "Way+back", "Landscape")
]
"""Pages, and views of them that have components of their own."""


class Forger(Visitor):
    """A visitor who knows the names of all components and widgets seen, and every alert."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.components: dict[str, str] = {}
        self.numbers: dict[str, str] = {}
        self.alerts: list[str] = []

    def _look(self, element: Element) -> None:
        super()._look(element)
        kind = element.WhichOneof("type")
        if kind == "bidi_component":
            self.components[element.bidi_component.id] = element.bidi_component.component_name
        elif kind in ("slider", "number_input", "radio", "selectbox", "button_group", "text_input", "checkbox"):
            self.numbers[getattr(element, kind).id] = kind
        elif kind == "alert":
            self.alerts.append(element.alert.body)

    async def tell(self, page: str, states: list[WidgetState]) -> None:
        """Run a page with these states."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.widget_states.widgets.extend(states)
        await self.send(message)
        async with asyncio.timeout(60):
            await self.finished()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(tmp_path_factory.mktemp("forged")) as address:
        run(_warm(address))
        yield address


async def _warm(address: str) -> None:
    """Wait until TensorFlow is loaded and every part of a page is there."""
    async with asyncio.timeout(180), Forger(address) as visitor:
        while not any("mosaic" in name for name in visitor.components.values()):
            await visitor.open("activations")
            await asyncio.sleep(0.5)


def _of_component(id: str, value: str) -> list[WidgetState]:
    state = "{" + ", ".join(f'"{name}": {value}' for name in NAMES) + "}"
    events = "[" + ", ".join(f'{{"event": "{name}", "value": {value}}}' for name in NAMES) + "]"
    trigger = _make_trigger_id(id, "events")
    return [WidgetState(id=id, json_value=state), WidgetState(id=trigger, json_trigger_value=events)]


@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_a_component_that_tells_nonsense_is_not_believed(url: str, page: str, query: str) -> None:
    """`int(Infinity)` ended the page with "Something went wrong"."""

    async def attack() -> None:
        async with Forger(url) as visitor:
            await visitor.open(page, query)
            components = dict(visitor.components)
            for value in VALUES:
                await visitor.tell(page, [state for id in components for state in _of_component(id, value)])
                assert visitor.exceptions == [], value[:80]
                assert not [alert for alert in visitor.alerts if "Something went wrong" in alert], value[:80]

    run(attack())


@pytest.mark.parametrize("page", PAGES)
def test_numbers_that_no_widget_offers_cost_their_sender_a_sentence_at_most(url: str, page: str) -> None:
    """Streamlit's own widgets give up on what they do not offer; the next answer is whole again."""
    numbers = (math.nan, math.inf, -math.inf, -1.0, 1e300)

    async def attack() -> None:
        async with Forger(url) as visitor:
            await visitor.open(page)
            for number in numbers:
                states = []
                for id, kind in visitor.numbers.items():
                    if kind == "slider":
                        states.append(WidgetState(id=id))
                        states[-1].double_array_value.data.append(number)
                    elif kind == "number_input":
                        states.append(WidgetState(id=id, double_value=number))
                    elif kind == "text_input":
                        states.append(WidgetState(id=id, string_value="\x00\u202e" + "9" * 5000))
                await visitor.tell(page, states)
                assert visitor.exceptions == [], number
                visitor.alerts.clear()
                await visitor.open(page)
                assert visitor.alerts == [], number

    run(attack())


def test_values_are_what_they_say() -> None:
    """Most of them are read as JSON: an attack that no parser takes would prove nothing."""
    readable = 0
    for value in VALUES:
        try:
            json.loads(value)
        except (ValueError, RecursionError):
            continue
        readable += 1
    assert readable >= len(VALUES) - 2
