"""The sidebar: which data, which run, which epoch. The same on every page, kept across pages, in the URL.

`current()` tells a page what is chosen; `choose()` lets a page change it, for example the time machine.
"""

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import cached
from core.data import registry
from core.data.dataset import Dataset
from core.errors import RunError
from core.model.architecture import Architecture
from core.training.catalogue import damaged_runs, find_run, list_runs
from core.training.runs import Run
from core.training.snapshot import Snapshot
from pages.shared import download_panel
from pages.shared.lesson import plain
from pages.shared.visitor import owner

_URL_LAG_S = 2.0
_MOST_RUNS = 40  # in one list: every name travels to the browser whenever the page is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the visitor looks at: a data set, and the snapshot of one run at one epoch.

    Attributes:
        dataset: the chosen data set.
        run: the chosen run, trained on the same family of data; None while there is none.
        snapshot: of that run; None while it has none.
    """

    dataset: Dataset
    run: Run | None
    snapshot: Snapshot | None

    @property
    def architecture(self) -> Architecture:
        """The network of the chosen run; the tutorial's while there is none."""
        return self.run.config.architecture if self.run else Architecture.tutorial()

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


def choose(*, data: str | None = None, run: str | None = None, epoch: int | None = None) -> None:
    """Change the choice from the next run of the script on: use it in a callback, or call `st.rerun()` after it."""
    wanted = {"data": data, "run": run, "epoch": epoch}
    st.session_state["sidebar.wanted"] = {key: value for key, value in wanted.items() if value is not None}


def draw() -> None:
    """Draw the sidebar, remember what is chosen and write it into the URL."""
    wanted = st.session_state.pop("sidebar.wanted", {}) | _from_url()
    complaints: list[str] = []
    with st.sidebar:
        name = _choose_data(wanted, complaints)
        dataset = cached.dataset(name)
        run = _choose_run(list_runs(dataset.family), wanted, complaints)
        snapshot = _choose_snapshot(run, wanted, complaints) if run else None
        download_panel.draw(name, switch=lambda name: choose(data=name))
    st.session_state["sidebar.selection"] = Selection(dataset=dataset, run=run, snapshot=snapshot)
    _to_url(data=name, run=run.id if run else None, epoch=snapshot.epoch if snapshot else None)
    for complaint in complaints:
        st.warning(complaint)


def _from_url() -> dict[str, Any]:
    """Return what the URL asks for, where it differs from what this session wrote there last.

    A quick second choice still comes with the URL of the first: a value given up a moment ago is no link.
    """
    written = st.session_state.get("sidebar.url", {})
    given_up = st.session_state.get("sidebar.given_up", {})
    recently = time.monotonic() - _URL_LAG_S
    asked = {key: st.query_params[key] for key in ("data", "run", "epoch") if key in st.query_params}
    return {
        key: value
        for key, value in asked.items()
        if written.get(key) != value and given_up.get((key, value), recently) <= recently
    }


def _to_url(**state: str | int | None) -> None:
    written = {key: str(value) for key, value in state.items() if value is not None}
    given_up = st.session_state.setdefault("sidebar.given_up", {})
    for key, value in st.session_state.get("sidebar.url", {}).items():
        if written.get(key) != value:
            given_up[key, value] = time.monotonic()
    st.session_state["sidebar.url"] = written
    for key in ("data", "run", "epoch"):
        if key in written:
            if st.query_params.get(key) != written[key]:
                st.query_params[key] = written[key]
        elif key in st.query_params:
            del st.query_params[key]


def _choose_data(wanted: dict[str, Any], complaints: list[str]) -> str:
    asked = wanted.get("data")
    # Whoever looks at a stand-in keeps it when what it stands in for has arrived.
    names = registry.available(also=(asked, st.session_state.get("sidebar.data")))
    if asked in names:
        st.session_state["sidebar.data"] = asked
    elif asked in registry.DATASET_NAMES:
        complaints.append(registry.row(asked).about.absent)
    elif asked is not None:
        complaints.append(f"This link names the unknown data set “{plain(asked[:40])}”. Choose one in the sidebar.")
    if st.session_state.get("sidebar.data") not in names:
        st.session_state["sidebar.data"] = names[0]
    return st.selectbox("Data set", names, format_func=lambda name: registry.row(name).about.title, key="sidebar.data")


def _choose_run(runs: list[Run], wanted: dict[str, Any], complaints: list[str]) -> Run | None:
    if not runs:
        st.caption("No run has been trained on this data yet.")
        return None
    by_id = {run.id: run for run in runs}
    if (asked := wanted.get("run")) in by_id:
        st.session_state["sidebar.run"] = asked
    elif asked is not None:
        complaints.append(_no_run(asked))
    if st.session_state.get("sidebar.run") not in by_id:
        st.session_state["sidebar.run"] = runs[0].id
    shown = shortlist(runs, also=(st.session_state["sidebar.run"],))
    names = names_of(shown)
    more = f"{len(runs) - len(shown):,} more runs of other visitors are in the list on Training."
    run_id = st.selectbox(
        "Run",
        list(names),
        format_func=names.__getitem__,
        key="sidebar.run",
        help=more if len(runs) > len(shown) else None,
    )
    return by_id[run_id]


def _no_run(asked: str) -> str:
    """Say why a link's run is not to be had: it is damaged, or there is none."""
    with contextlib.suppress(RunError):
        find_run(asked)
        return f"The run “{plain(asked[:60])}” was trained on other data. Choose one in the sidebar."
    sentence = damaged_runs().get(asked)
    return plain(sentence) if sentence else f"There is no run “{plain(asked[:60])}” here. Choose one in the sidebar."


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


def _choose_snapshot(run: Run, wanted: dict[str, Any], complaints: list[str]) -> Snapshot | None:
    if not (epochs := run.epochs):
        return None
    asked = wanted.get("epoch")
    if asked is not None:
        if str(asked) in map(str, epochs):
            st.session_state["sidebar.epoch"] = int(asked)
        else:
            complaints.append(
                f"This run has no snapshot “{plain(str(asked)[:20])}”. It has the epochs {', '.join(map(str, epochs))}."
            )
    if st.session_state.get("sidebar.epoch") not in epochs:
        st.session_state["sidebar.epoch"] = epochs[-1]
    if len(epochs) == 1:
        st.caption(f"Snapshot: epoch {epochs[0]}")
        return Snapshot(run, epochs[0])
    label = "Snapshot: weights after epoch"
    help_text = "The weights of this run after so many epochs. Epoch 0 is the start, before any training."
    return Snapshot(run, st.select_slider(label, epochs, key="sidebar.epoch", help=help_text))
