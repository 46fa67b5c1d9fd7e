"""The sidebar: which data, which run, which epoch. The same on every page, kept across pages, in the URL.

`current()` tells a page what is chosen; `choose()` lets a page change it, for example the time machine.
"""

import contextlib
import itertools
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from core import cached
from core.data import registry
from core.data.dataset import Dataset
from core.errors import RunError
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import damaged_runs, find_run, runs_on
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.shared import choices, download_panel
from pages.shared.choices import OneOf
from pages.shared.lesson import plain
from pages.shared.visitor import owner

_MOST_RUNS = 40  # in one list: every name travels to the browser whenever the page is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the visitor looks at: a data set, and the snapshot of one run at one epoch.

    Attributes:
        dataset: the chosen data set.
        run: the chosen run, trained on the same family of data; None while there is none.
        snapshot: of that run; None while it has none.
        at_newest: whether that is the newest of the run, or was when the visitor came to it.
    """

    dataset: Dataset
    run: Run | None
    snapshot: Snapshot | None
    at_newest: bool = False

    @property
    def architecture(self) -> Architecture:
        """The network of the chosen run; the tutorial's while there is none."""
        return self.run.config.architecture if self.run else Architecture.tutorial(classes=self.dataset.classes)

    @property
    def missing(self) -> str:
        """Why there is no snapshot to look at, and what to do; empty where there is one."""
        if self.run is None:
            return "No network has been trained on this data yet. Train one, or choose other data in the sidebar."
        if self.snapshot is None:
            return (
                f"The run “{self.run.title}” has no snapshot yet. Wait for its start, or choose another run in the "
                "sidebar."
            )
        return ""


def current() -> Selection:
    """Return what is chosen in the sidebar of this visitor."""
    return st.session_state["sidebar.selection"]


def choose(**wanted: str | int) -> None:
    """Choose `data`, `run` or `epoch` from the next run of the script on: in a callback, or before `st.rerun()`."""
    choices.follow(**{name: str(value) for name, value in wanted.items()})


def watch() -> None:
    """Move on with the chosen run, as long as every run of the script calls this: whoever stands at its newest snapshot
    is shown the next one once there is one."""
    st.session_state["sidebar.watching"] = True
    chosen = current()
    if chosen.run is None or not chosen.at_newest or not (epochs := chosen.run.epochs):
        return
    if chosen.snapshot != Snapshot(chosen.run, epochs[-1]):
        st.rerun()  # it arrived while the page was drawn


def draw(unmoved: str = "") -> None:
    """Draw the sidebar and remember what is chosen.

    Args:
        unmoved: said under the snapshot's slider, where little or nothing on the page follows it.
    """
    data = _data()
    dataset = cached.dataset(data.value())  # read out here: what is wrong with a link is said on the page
    runs = {run.id: run for run in runs_on(dataset)}
    which = OneOf("sidebar.run", tuple(runs), name="run", nonsense=_no_run, named="always")
    run = runs[which.value()] if runs else None
    epochs = run.epochs if run else ()
    when = OneOf("sidebar.epoch", epochs, name="epoch", usual=max(epochs, default=0), named="always")
    snapshot, newest = (Snapshot(run, when.value()), Snapshot(run, epochs[-1])) if run and epochs else (None, None)
    at_newest = snapshot == newest or _was_at_newest(snapshot)
    if st.session_state.pop("sidebar.watching", False) and at_newest and snapshot != newest:
        snapshot = newest
        choices.follow(epoch=str(epochs[-1]))  # heard by the slider below
    st.session_state["sidebar.selection"] = Selection(dataset=dataset, run=run, snapshot=snapshot, at_newest=at_newest)
    with st.sidebar:
        data.select("Data set")
        _tell_of_data()
        if run:
            _draw_runs(which, list(runs.values()))
            _draw_epochs(when)
            if unmoved:
                st.caption(unmoved)
        else:
            st.caption("No run has been trained on this data yet.")
        download_panel.draw(dataset.name, switch=lambda name: choose(data=name))


def _was_at_newest(snapshot: Snapshot | None) -> bool:
    """Whether this was the newest snapshot of its run, and nobody has chosen another one since."""
    before: Selection | None = st.session_state.get("sidebar.selection")
    if before is None or snapshot is None or before.run != snapshot.run:
        return False
    return before.at_newest and before.snapshot in (None, snapshot)


def _data() -> OneOf:
    # Whoever looks at a stand-in keeps it when what it stands in for has arrived.
    names = registry.available(also=(choices.asked("data"), st.session_state.get("sidebar.data")))
    return OneOf("sidebar.data", names, name="data", words=_title, texts=str, nonsense=_no_data, named="always")


def _tell_of_data() -> None:
    """Say which data are being prepared, and what is wrong with those that somebody named; CIFAR-10 has its panel."""
    rows = [row for row in registry.ROWS if row.about.name != download_panel.ABOUT.name]
    if any(row.is_preparing for row in rows):
        _watch_preparation(rows)
    for problem in filter(None, (row.problem for row in rows)):
        st.caption(plain(problem))


@st.fragment(run_every=1.0)
def _watch_preparation(rows: list[registry.Row]) -> None:
    titles = [row.about.title for row in rows if row.is_preparing]
    if not titles:
        st.rerun()
    st.caption(f"{', '.join(titles)}: the pictures are being prepared.")


def _title(name: str) -> str:
    return registry.row(name).about.title


def _no_data(asked: str) -> str:
    if asked in registry.DATASET_NAMES:
        return registry.row(asked).about.absent
    return f"This link names the unknown data set “{asked[:40]}”. Choose one in the sidebar."


def _draw_runs(which: OneOf, runs: list[Run]) -> None:
    names = names_of(shortlist(runs, also=(which.value(),)))
    left_out = len(runs) - len(names)
    more = f"{left_out:,} more runs of other visitors are in the list on Training." if left_out else None
    which.select("Run", among=list(names), format_func=names.__getitem__, help=more)


def _draw_epochs(when: OneOf) -> None:
    if len(when.options) > 1:
        help_text = "The weights of this run after so many epochs. Epoch 0 is the start, before any training."
        when.slider("Snapshot: weights after epoch", help=help_text)
    elif when.options:
        st.caption(f"Snapshot: epoch {when.options[0]}")


def _no_run(asked: str) -> str:
    """Say why a link's run is not to be had: it is damaged, or there is none."""
    with contextlib.suppress(RunError):
        find_run(asked)
        return f"The run “{asked[:60]}” was trained on other data. Choose one in the sidebar."
    return damaged_runs().get(asked) or f"There is no run “{asked[:60]}” here. Choose one in the sidebar."


def shortlist(runs: list[Run], *, also: Collection[str] = ()) -> list[Run]:
    """Return the runs to offer in a list that must stay short, in the order given.

    Shipped ones, the visitor's own, those whose ids are in `also`, and of the others the first while there is room.
    """
    me = owner()
    near = {run for run in runs if run.config.owner in ("", me) or run.id in also}
    room = max(0, _MOST_RUNS - len(near))
    others = itertools.islice((run for run in runs if run not in near), room)
    chosen = near | set(others)
    return [run for run in runs if run in chosen]


def names_of(runs: list[Run]) -> dict[str, str]:
    """Name every run, visitors' by their time too: links name runs, and a name must outlast runs of the same title.

    No two names are equal: a selectbox tells its options apart by what they read.
    """
    names = {
        run.id: run.title if run.shipped else f"{run.title}, {run.config.created[5:19].replace('T', ' ')}"
        for run in runs
    }
    count = Counter(names.values())
    return {run_id: name if count[name] == 1 else f"{name}, {run_id}" for run_id, name in names.items()}
