"""Comparing runs: their curves in one picture, what differs between them, and what came of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from core.charts.bars import percent
from core.charts.curves import bundle
from core.charts.numbers import finite
from core.training.runs.catalogue import runs_on
from core.training.runs.run import Run
from core.training.settings import compared
from pages.shared import choices, lesson
from pages.shared.choices import OneOf, Several, yes_or_no
from pages.shared.component import component
from pages.shared.sidebar import Selection, names_of, shortlist
from pages.shared.table import table

_MEASURES = {
    "validation accuracy": "val_accuracy",
    "training accuracy": "accuracy",
    "validation loss": "val_loss",
    "training loss": "loss",
}
_AXES = {"epochs": "epoch", "processor time": "cpu"}
_MOST = 8
FAST_BY_SEED = (75.8, 76.0, 75.9)
"""Test accuracy of the fast recipe with seeds 0, 1 and 2, in percent; the README says how it was measured."""
_PICKED = "training.compared"
_NETWORK, _START = "layers", "initial weights"

_component = component(__file__)


def compare(chosen: Selection) -> None:
    """Draw the curves of the runs the visitor picks, and the table of their differences."""
    runs = _comparable(chosen)
    if not runs:
        lesson.note("No run on this data has finished an epoch yet.")
        return
    names = names_of(list(runs.values()))
    picked = _pick(runs, names, chosen)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        measure = OneOf("training.measure", tuple(_MEASURES)).select("Measure", width=172)
        axis = OneOf("training.axis", tuple(_AXES)).select("Against", width=172)
        repeated = len(_groups(list(runs.values()), merged=True)) < len(runs)
        merged = repeated and yes_or_no("training.merged").switch("Average over seeds")
    if not picked:
        lesson.note("Pick at least one run.")
        return
    groups = _groups([runs[run_id] for run_id in picked], merged=merged)
    _component(
        key="training.comparison",
        data={
            "lines": [_line(group, names) for group in groups],
            "classes": chosen.dataset.classes,
            "note": _notes(groups),
            "measure": measure,
            "column": _MEASURES[measure],
            "axis": _AXES[axis],
        },
    )
    lesson.insight(
        "Only runs validated on the same images may be ranked, and tenths of a point may be chance: three seeds of the "
        f"fast recipe reached {', '.join(f'{points:.1f}' for points in FAST_BY_SEED)} % on re-encoded CIFAR-10."
    )
    _draw_table([runs[run_id] for run_id in picked], names)


def _comparable(chosen: Selection) -> dict[str, Run]:
    """Return the runs to choose from: the sidebar's short list, and those that are picked or named in the link."""
    picked = (choices.asked(_PICKED) or "").split(",") + st.session_state.get(_PICKED, [])
    runs = shortlist(runs_on(chosen.dataset), also=[*picked, chosen.run.id if chosen.run else ""])
    return {run.id: run for run in runs if len(run.epoch_table()["epoch"])}


def _pick(runs: dict[str, Run], names: dict[str, str], chosen: Selection) -> list[str]:
    """Draw the choice of runs; return the picked ones' ids."""
    usual = [run_id for run_id, run in runs.items() if run.shipped][:_MOST]
    if chosen.run and chosen.run.id in runs and chosen.run.id not in usual:
        usual = [*usual[: _MOST - 1], chosen.run.id]
    picked = Several(_PICKED, tuple(runs), words=names.__getitem__, usual=usual or list(runs)[:1], most=_MOST)
    return picked.select("Runs")


def _groups(runs: Sequence[Run], *, merged: bool) -> list[list[Run]]:
    """Runs that differ in their seed alone, together if they are to be merged."""
    if not merged:
        return [[run] for run in runs]
    groups: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs:
        config = run.config
        groups[f"{config.architecture.to_text()} {asdict(config.recipe)} {config.dataset}"].append(run)
    return list(groups.values())


def _line(group: Sequence[Run], names: dict[str, str]) -> dict[str, Any]:
    """One line of the picture: mean and spread of every measure over the runs of a group."""
    tables = [run.epoch_table() for run in group]
    bundles = {name: bundle([(each["epoch"], each[name]) for each in tables]) for name in _MEASURES.values()}
    cpu = bundle([(each["epoch"], np.nancumsum(each["cpu_seconds"])) for each in tables])
    return {
        "name": names[group[0].id] if len(group) == 1 else group[0].title,
        "count": len(group),
        "epoch": cpu.x.tolist(),
        "cpu": cpu.mean.round(2).tolist(),
        "mean": {name: finite(each.mean) for name, each in bundles.items()},
        "spread": {name: finite(each.spread) for name, each in bundles.items()},
    }


def _notes(groups: Sequence[Sequence[Run]]) -> str:
    return "; ".join(sorted({run.config.data_note for group in groups for run in group if run.config.data_note}))


def _draw_table(runs: Sequence[Run], names: dict[str, str]) -> None:
    """Draw a column for every run: its results, and the settings in which the runs differ.

    What has an effect on none of them is not spoken of.
    """
    letters = {_NETWORK: _letters([_network(run) for run in runs]), _START: _letters([_start(run) for run in runs])}
    settings = [_settings(run) | {name: each[i] for name, each in letters.items()} for i, run in enumerate(runs)]
    said = [name for name in settings[0] if name in letters or any(one[name] for one in settings)]
    differing = [name for name in said if len({one[name] for one in settings}) > 1]
    notes = {run.config.data_note for run in runs}
    columns = [
        _results(run, each_note=len(notes) > 1) | {name: one[name] or "–" for name in differing}
        for run, one in zip(runs, settings, strict=True)
    ]
    table([names[run.id] for run in runs], {name: [column[name] for column in columns] for name in columns[0]})
    if len(runs) > 1:
        same = ", ".join(f"{name} {settings[0][name]}".strip() for name in said if name not in differing)
        lesson.note(f"The same for all: {same}.")
    if _START in differing:
        lesson.note("Where the letter is the same, the layers or the weights they start from are the same.")


def _settings(run: Run) -> dict[str, str]:
    architecture = run.config.architecture
    return {
        "parameters": f"{architecture.parameter_count:,}",
        "input": "0..1" if architecture.input_scaling == "unit" else "zero mean",
        **compared(run.config.recipe, architecture.kinds),
        "seed": f"{run.config.seed}",
    }


def _network(run: Run) -> tuple[object, ...]:
    """The layers alone: the scaling of the input has a row of its own."""
    return run.config.architecture.layers


def _start(run: Run) -> tuple[object, ...]:
    """What the initial weights depend on; those of a whitened start on the pixels too."""
    config = run.config
    pixels = config.recipe.whitening and (config.fingerprint, config.architecture.input_scaling)
    return _network(run), config.seed, config.recipe.start, pixels


def _letters(values: Sequence[object]) -> list[str]:
    """Return a letter for every value, the same for equal ones; "" where all are equal."""
    different = list(dict.fromkeys(values))
    return ["" if len(different) == 1 else "ABCDEFGH"[different.index(value)] for value in values]


def _results(run: Run, *, each_note: bool) -> dict[str, str]:
    """What came of a run; the note on its data stands in every column where the columns differ in it."""
    by_epoch, note = run.epoch_table(), run.config.data_note
    best = int(np.nan_to_num(by_epoch["val_accuracy"], nan=-1.0).argmax())
    return {
        "validation accuracy" if each_note else f"validation accuracy {note}".strip(): " ".join(
            [percent(by_epoch["val_accuracy"][-1]), *([note] if each_note and note else [])]
        ),
        "at best": f"{percent(by_epoch['val_accuracy'][best])}, epoch {by_epoch['epoch'][best]:.0f}",
        "validation loss": f"{by_epoch['val_loss'][-1]:.3f}",
        "epochs": f"{by_epoch['epoch'][-1]:.0f}",
        "processor time": f"{np.nansum(by_epoch['cpu_seconds']):,.0f} s",
    }
