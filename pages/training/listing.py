"""The runs one can watch."""

import streamlit as st

from core.charts.bars import percent
from core.services import services
from core.training.runs.catalogue import damaged_runs, runs_on
from core.training.runs.run import Run
from pages.shared import lesson, sidebar
from pages.shared.choices import Whole
from pages.shared.sidebar import Selection
from pages.shared.visitor import owner

_WATCHED = "training.watch"
_PAGE = 12
_MOST_DAMAGED = 3


def list_of_runs(chosen: Selection) -> None:
    """Draw the runs on this data, shipped, own and others', a page of them, each with a button that watches it."""
    lesson.heading("Runs", "Anybody may watch any run: its link is the address of this page while it is chosen.")
    waiting = {place.run_id: place.position for place in services().training.queue.places()}
    runs = _nearest_first(runs_on(chosen.dataset), waiting)
    pages = -(-len(runs) // _PAGE)
    rows, number = st.container(), 1
    if pages > 1:
        number = Whole("training.page", 1, pages).number(f"Page of {pages:,}, newest first", width=190)
    with rows:
        _draw(runs[_PAGE * (number - 1) :][:_PAGE], chosen, waiting)
    _tell_of_damage()


def _draw(shown: list[Run], chosen: Selection, waiting: dict[str, int]) -> None:
    """Draw the runs as one choice: a widget for each would cost more than all the rest of the page."""
    names = sidebar.names_of(shown)
    here = chosen.run.id if chosen.run else None
    st.session_state[_WATCHED] = here if here in names else None
    st.radio(
        "Watch",
        list(names),
        format_func=lambda run_id: lesson.plain(names[run_id]),
        captions=[lesson.plain(_line(run, waiting.get(run.id))) for run in shown],
        key=_WATCHED,
        label_visibility="collapsed",
        on_change=lambda: sidebar.choose(run=st.session_state[_WATCHED]),
    )


def _nearest_first(runs: list[Run], waiting: dict[str, int]) -> list[Run]:
    """Shipped and own runs and those that train or wait; then others' old ones."""
    me = owner()
    near = [run for run in runs if run.config.owner in ("", me) or run.id in waiting]
    known = set(near)
    return near + [run for run in runs if run not in known]


def _tell_of_damage() -> None:
    damaged = damaged_runs()
    for sentence in list(damaged.values())[:_MOST_DAMAGED]:
        lesson.note(sentence)
    if len(damaged) > _MOST_DAMAGED:
        lesson.note(f"{len(damaged) - _MOST_DAMAGED} more run folders cannot be read.")


def _line(run: Run, position: int | None) -> str:
    config, status = run.config, run.status()
    whose = "shipped" if run.shipped else "yours" if config.owner == owner() else "another visitor's"
    state = f"number {position} in the queue" if position else status.state
    table = run.epoch_table()
    result = ""
    if len(table["val_accuracy"]):
        images = "test" if config.recipe.validation == "test" else "held-out"
        result = " ".join(f": {percent(table['val_accuracy'][-1])} on {images} images {config.data_note}".split())
    return f"{whose}, {state}, epoch {status.epoch} of {status.epochs}{result}; seed {config.seed}"
