"""Starting a run and controlling it: only its owner, or a lecturer, gets the buttons."""

import html
from collections.abc import Callable

import streamlit as st

from core.config import IMAGE_SHAPE, Settings
from core.data.dataset import Dataset
from core.duration import duration
from core.errors import ConvscopeError
from core.services import services
from core.training.dispatch.line import TURN_S
from core.training.runs import quota
from core.training.runs.run import Run
from core.training.runs.run_config import new_config
from core.training.worker.measurements import Estimate
from pages.shared import lesson, sidebar
from pages.shared.visitor import lecturer_secret, network_address, owner
from pages.training import settings
from pages.training.settings import Wanted

_TOKEN = "training.token"
_PROBLEM = "training.problem"
_DELETED = "training.deleted"
_LOOK_AGAIN_S = 1.0
PASSES = 3
"""Passes of multiply-adds a training step costs: one forward, and back one for the gradients of the weights and one for
those of the activations."""


def choose_and_start(dataset: Dataset) -> None:
    """Draw the settings of a new run with the start button, and what to expect of it.

    Raises:
        ConvscopeError: the visitor's own network cannot be built.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        wanted = settings.choose(dataset)
        _start(wanted, dataset)
    for sentence in wanted.problems:
        st.error(lesson.plain(sentence))
    if not Settings.from_environ().training:
        lesson.note("Training is switched off on this server. The shipped runs can be watched, compared and scrubbed.")
    elif not wanted.problems:
        services().training.prepare()
        _forecast(wanted, dataset)


def _start(wanted: Wanted, dataset: Dataset) -> None:
    """Draw the start button; pressed, it trains what the fields say by then, and nothing while one holds nonsense."""
    possible = Settings.from_environ().training and not wanted.problems
    # Not a callback: that would start what was chosen before a number typed last.
    if st.button("Train", icon=":material/play_arrow:", type="primary", key="training.start", disabled=not possible):
        try:
            config = new_config(
                dataset, wanted.architecture, wanted.recipe, seed=wanted.seed, title=wanted.title,
                at_most=quota.snapshots_at_most(wanted.architecture),
            )  # fmt: skip
            sidebar.choose(run=services().training.submit(config, owner(), origin=network_address()).id)
        except ConvscopeError as error:
            st.session_state[_PROBLEM] = str(error)
        else:
            st.rerun()


def problem() -> None:
    """Say why the last button did nothing, if it did nothing."""
    if sentence := st.session_state.pop(_PROBLEM, None):
        st.error(lesson.plain(sentence))


def _forecast(wanted: Wanted, dataset: Dataset) -> None:
    """Say what the run costs and how long it takes; a guess gives way to the measurement when that is done."""
    measuring = services().training.estimate(wanted.architecture, wanted.recipe, dataset).measuring

    @st.fragment(run_every=_LOOK_AGAIN_S if measuring else None)
    def draw() -> None:
        estimate = services().training.estimate(wanted.architecture, wanted.recipe, dataset)
        if measuring and not estimate.measuring:
            st.rerun()
        sentence = html.escape(f"{_cost(wanted, estimate)}, {_line()}. {wanted.remark}")
        st.html(f'<p class="lesson-note" style="max-width: none">{sentence}</p>')

    draw()


def _cost(wanted: Wanted, estimate: Estimate) -> str:
    parameters = f"{wanted.architecture.parameter_count:,} parameters"
    cost = f"{parameters}, {_work(wanted, estimate)} multiply-adds forward and back"
    time = duration(estimate.seconds)
    on = f"about {time} at the speed measured here" if estimate.measured else f"perhaps {time} on this machine"
    return f"{cost}: {on}"


def _line() -> str:
    """Say how many runs are before a new one, and how long they may take; or what the forecast rests on."""
    queue, mine = services().training.queue, owner()
    places = queue.places()
    if any(place.owner == mine for place in places):
        return "once your run that trains or waits now has ended, or is paused or stopped"
    if queue.problem():
        return "once a machine that trains can be reached"
    if len(places) < queue.at_once():
        return "if nothing else runs"
    others = "another run" if len(places) == 1 else f"{len(places)} other runs"
    return f"in turns of about {TURN_S:.0f} s with {others}"


def _work(wanted: Wanted, estimate: Estimate) -> str:
    """Say how much there is to compute."""
    rows = wanted.architecture.trace(side=wanted.recipe.crop_pixels or IMAGE_SHAPE[0]).rows
    an_image = PASSES * sum(row.multiply_adds for row in rows)
    total = an_image * estimate.training_images * wanted.recipe.epochs
    return f"{total / 1e12:.1f} trillion" if total >= 1e12 else f"{total / 1e9:.0f} billion"


def buttons_of(run: Run) -> dict[str, bool]:
    """Say which buttons the live view may show: those of a run's owner, and "Restart" for everybody."""
    settings = Settings.from_environ()
    training, within_cap = settings.training, run.config.recipe.epochs <= settings.max_epochs
    mine = _may_control(run)
    return {"control": mine, "resume": mine and training, "restart": training and within_cap}


def obey(run: Run, wish: str) -> None:
    """Do what a button of the live view asks for; anything else is not heard."""
    token = _token()
    actions: dict[str, Callable[[], object]] = {
        "pause": lambda: services().training.pause(run.id, owner(), token=token),
        "stop": lambda: services().training.stop(run.id, owner(), token=token),
        "resume": lambda: services().training.resume(run.id, owner(), token=token),
        "step": lambda: services().training.step(run.id, owner(), token=token),
        "restart": lambda: sidebar.choose(
            run=services().training.restart(run.id, owner(), origin=network_address()).id
        ),
    }
    if wish in actions:
        _explained(actions[wish])()


def afterwards(run: Run, also: Callable[[], None]) -> None:
    """Draw what one does with a run once it has been watched: take it home, delete it.

    Args:
        run: the run.
        also: draws what else belongs into the row.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        also()
        if _may_control(run) and not run.status().active:
            st.button(
                "Delete", icon=":material/delete:", key="training.delete", on_click=_explained(lambda: _delete(run))
            )
        _lecturer()
    _offer_undo()


def _delete(run: Run) -> None:
    title = run.title  # once it is deleted, nobody can read it
    services().training.delete(run.id, owner(), token=_token())
    st.session_state[_DELETED] = (run.id, title)


def _offer_undo() -> None:
    deleted = st.session_state.get(_DELETED)
    if not deleted:
        return

    def undo() -> None:
        st.session_state.pop(_DELETED, None)
        sidebar.choose(run=services().training.undo(deleted[0], owner(), token=_token()).id)

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        lesson.note(f"“{deleted[1]}” was deleted.")
        st.button("Undo", key="training.undo", on_click=_explained(undo))


def _may_control(run: Run) -> bool:
    return services().permission.may_control(run, owner(), token=_token())


def _token() -> str | None:
    """Return what makes this visitor the lecturer: the token typed here, or what the link left in the browser."""
    return st.session_state.get(_TOKEN) or lecturer_secret()


def _lecturer() -> None:
    """Draw what lecturers have beside their runs: the field for the token, and for a screen that came by the link, how
    to end that."""
    permission = services().permission
    if permission.knows(lecturer_secret() or ""):
        with st.popover("Lecturer"):
            lesson.note("This browser came by the lecturer's link: it controls every run, until the server restarts.")
            st.html('<a class="lesson-link" href="status" target="_blank">How the server is</a>')
            st.button(
                "End this on all screens",
                key="training.revoke",
                on_click=permission.revoke,
                help="The link stops working too; the next start of the server prints another one in its log.",
            )
        return
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
