"""The runs one can watch, and what one can take home of them."""

import html

import streamlit as st

from core.charts.bars import percent
from core.training import downloads, queue
from core.training.runs import Run, list_runs
from pages.shared import lesson, links, sidebar
from pages.shared.sidebar import Selection
from pages.shared.visitor import owner

_ROOM = 12


def list_of_runs(chosen: Selection) -> None:
    """Draw the runs on this data, shipped, own and others', each with a button that watches it."""
    lesson.heading("Runs", "Anybody may watch any run: its link is the address of this page while it is chosen.")
    waiting = {place.run_id: place.position for place in queue.places()}
    runs = list_runs(chosen.dataset.family)
    names = sidebar.names_of(runs)
    shown = _most_interesting(runs, waiting)
    for run in shown:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            here = chosen.run is not None and run.id == chosen.run.id
            st.button(
                names[run.id],
                key=f"training.watch.{run.id}",
                icon=":material/visibility:" if here else None,
                on_click=sidebar.choose,
                kwargs={"run": run.id},
                width=240,
            )
            lesson.note(_line(run, waiting.get(run.id)))

    if len(runs) > len(shown):
        lesson.note(f"{len(runs) - len(shown)} older runs of other visitors are in the sidebar's list.")


def _most_interesting(runs: list[Run], waiting: dict[str, int]) -> list[Run]:
    """Shipped and own runs and those that train or wait; others' old ones only while there is room."""
    me = owner()
    near = [run for run in runs if run.shipped or run.id in waiting or run.config.owner == me]
    far = [run for run in runs if run not in near]
    return near + far[: max(0, _ROOM - len(near))]


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


def offer_downloads(run: Run, epoch: int) -> None:
    """Offer the run in the forms other programs read; each is made when it is asked for."""
    if not run.epochs:
        return
    forms = {
        f"Network after epoch {epoch} (.keras)": downloads.path(run, "network.keras", epoch),
        "Script that repeats it (.py)": downloads.path(run, "script.py"),
        "Numbers (.csv, zipped)": downloads.path(run, "numbers.zip"),
        "TensorBoard logs (zipped)": downloads.path(run, "tensorboard.zip"),
    }
    with st.popover("Download", icon=":material/download:"):
        # Links, not download buttons: those forget what they offered whenever the page is drawn anew.
        for label, path in forms.items():
            st.html(f'<a class="lesson-link" href="{html.escape(links.server_path(path))}" download>{label}</a>')
