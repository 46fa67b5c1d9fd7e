"""Starting a run and controlling it: only its owner, or who knows the lecturer's token, gets the buttons."""

from collections.abc import Callable

import streamlit as st

from core.config import Settings
from core.data.dataset import Dataset
from core.errors import ConvscopeError
from core.training import queue
from core.training.runs import Run, new_config
from pages.shared import lesson, sidebar
from pages.shared.live.settings import Wanted
from pages.shared.visitor import owner

_TOKEN = "training.token"
_PROBLEM = "training.problem"
_DELETED = "training.deleted"


def start(wanted: Wanted, dataset: Dataset) -> None:
    """Draw the start button."""

    def submit() -> None:
        config = new_config(dataset, wanted.architecture, wanted.recipe, seed=wanted.seed, title=wanted.title)
        sidebar.choose(run=queue.submit(config, owner()).id)

    st.button(
        "Train",
        icon=":material/play_arrow:",
        type="primary",
        key="training.start",
        on_click=_explained(submit),
        disabled=not Settings.from_environ().training,
    )


def outlook(wanted: Wanted, dataset: Dataset) -> None:
    """Say how long the run would take and who is before it; then what went wrong with the last button, if it did."""
    if Settings.from_environ().training:
        lesson.note(_forecast(wanted, dataset))
    else:
        lesson.note("Training is switched off on this server. The shipped runs can be watched, compared and scrubbed.")
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(problem)


def _forecast(wanted: Wanted, dataset: Dataset) -> str:
    estimate = queue.estimate(wanted.architecture, wanted.recipe, dataset)
    about = "about" if estimate.measured else "perhaps"
    waiting = len(queue.places())
    line = f", after {waiting} other run{'s' if waiting > 1 else ''}" if waiting else ""
    on = "the test images" if wanted.recipe.validation == "test" else "held-out images"
    count = wanted.architecture.parameter_count
    cost = f"{about} {duration(estimate.seconds)} on this machine, {_work(wanted, dataset)} multiply-adds"
    return f"{count:,} parameters, validated on {on}: {cost}{line}."


def _work(wanted: Wanted, dataset: Dataset) -> str:
    """Say how much there is to compute; the way back through a network costs about twice the way forward."""
    recipe, images = wanted.recipe, len(dataset.train)
    if recipe.validation == "held-out":
        images = round(images * (1 - recipe.held_out))
    images = min(images, recipe.training_images or images)
    total = 3 * wanted.architecture.multiply_adds * images * recipe.epochs
    return f"{total / 1e12:.1f} trillion" if total >= 1e11 else f"{total / 1e9:.0f} billion"


def duration(seconds: float) -> str:
    """Say a time span as people do.

    >>> duration(42), duration(150), duration(7300)
    ('42 s', '2.5 min', '2.0 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def control(run: Run, also: Callable[[], None]) -> None:
    """Draw the buttons that make sense in the run's state; for somebody else's run only "Restart".

    Args:
        run: the run to control.
        also: draws what else belongs into the row.
    """
    state = run.status().state
    mine = queue.may_control(run, owner(), token=st.session_state.get(_TOKEN))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if mine and state in ("queued", "running"):
            _button("Pause", "pause", queue.pause, run)
            _button("Step one epoch", "skip_next", queue.step, run)
            _button("Stop", "stop", queue.stop, run)
        elif mine and state in ("paused", "stopped", "interrupted", "failed"):
            _button("Resume", "play_arrow", queue.resume, run)
            _button("Step one epoch", "skip_next", queue.step, run)
        if state not in ("queued", "running"):
            st.button(
                "Restart",
                icon=":material/replay:",
                key="training.restart",
                help="A new run from the same initial weights: same network, recipe and seed.",
                on_click=_explained(lambda: sidebar.choose(run=queue.restart(run.id, owner()).id)),
                disabled=not Settings.from_environ().training,
            )
        if mine and state not in ("queued", "running"):
            st.button(
                "Delete", icon=":material/delete:", key="training.delete", on_click=_explained(lambda: _delete(run))
            )
        also()
        _lecturer()
    _offer_undo()


def _button(label: str, icon: str, action: Callable[..., None], run: Run) -> None:
    def act() -> None:
        action(run.id, owner(), token=st.session_state.get(_TOKEN))

    name = label.split()[0].lower()
    st.button(label, icon=f":material/{icon}:", key=f"training.{name}", on_click=_explained(act))


def _delete(run: Run) -> None:
    title = run.title  # once it is deleted, nobody can read it
    queue.delete(run.id, owner(), token=st.session_state.get(_TOKEN))
    st.session_state[_DELETED] = (run.id, title)


def _offer_undo() -> None:
    deleted = st.session_state.get(_DELETED)
    if not deleted:
        return

    def undo() -> None:
        st.session_state.pop(_DELETED, None)
        sidebar.choose(run=queue.undo(deleted[0], owner(), token=st.session_state.get(_TOKEN)).id)

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        lesson.note(f"“{deleted[1]}” was deleted.")
        st.button("Undo", key="training.undo", on_click=_explained(undo))


def _lecturer() -> None:
    if not Settings.from_environ().lecturer_token:
        return
    with st.popover("Lecturer"):
        st.text_input(
            "Token",
            type="password",
            key=_TOKEN,
            persist_state="session",
            help="Whoever knows the server's lecturer token controls every run.",
        )


def _explained(action: Callable[[], object]) -> Callable[[], None]:
    """A callback whose known errors become a sentence on the page."""

    def run_it() -> None:
        try:
            action()
        except ConvscopeError as error:
            st.session_state[_PROBLEM] = str(error)

    return run_it
