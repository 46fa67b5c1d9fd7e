"""The view of the depth: which maps are silent or dead in every layer, and how well the class is read off each."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import paired_bars, percent
from core.charts.numbers import counted
from core.charts.strips import ALIVE, DEAD, SILENT, numbers, strips
from core.charts.table import as_csv
from core.data.dataset import Dataset
from core.model.experiments.survey import chosen
from core.model.layers.activations import ReLU
from core.model.quality.scores import interval
from core.training.runs.snapshot import Snapshot
from core.training.studies.probes import FEATURES, Probes
from pages.activations.looking import TUTORIAL_IMAGE, choose_image, draw_strip, surveyed
from pages.shared import lesson
from pages.shared.image_picker import ImagePicker
from pages.shared.sidebar import Selection
from pages.shared.takehome import File, Offer, network_link, take_home

States = dict[str, NDArray[np.int64]]

NOT_PROBED = (
    "How well the class can be read off each layer was measured for the runs that come with Convscope. Choose one in "
    "the sidebar, or measure this one: python -m core.training.studies.probes RUN_FOLDER."
)
NEVER_ZERO = "No layer of this network has a ReLU: what it has lets a little of everything through, so no map is dead."


def draw(selection: Selection, snapshot: Snapshot) -> None:
    """Draw the view."""
    lesson.when_warm(lambda: _draw(selection.dataset, snapshot))


@st.fragment
@lesson.explained()
def _draw(dataset: Dataset, snapshot: Snapshot) -> None:
    picker = ImagePicker(dataset, "train", TUTORIAL_IMAGE)
    with st.container(horizontal=True, gap="xsmall"):
        choose_image(picker)
    left, right = st.columns([9, 10], gap="medium")
    with left:
        draw_strip(picker)
        states = _draw_dead(dataset, snapshot, picker)
    probes = cached.probes(snapshot.run)
    with right:
        _draw_probes(probes)
    lesson.insight(_deeper(probes) if probes else NEVER_ZERO if states == {} else _silent(states))
    take_home("activations.home", lambda: _offer(snapshot, picker, dataset, states, probes))
    if states:
        _tell_which(states, len(chosen(len(dataset.test))))
    if described := _described(dataset, snapshot, probes, strips=states != {}):
        lesson.note(described)


def activations(snapshot: Snapshot) -> list[str]:
    """Return the layers that end in an activation that may give zeros."""
    rows = snapshot.architecture.rows()
    inside = {row.name for row in rows if row.layer.activation_inside == "relu"}
    return [row.name for row in rows if row.name in inside or isinstance(row.layer, ReLU)]


def _draw_dead(dataset: Dataset, snapshot: Snapshot, picker: ImagePicker) -> States | None:
    """Draw which maps are zero everywhere; return that by layer, or None while it is being found out."""
    total = len(chosen(len(dataset.test)))
    st.markdown(f"**Dead?** Maps that are zero everywhere on this image, and on {total:,} test images")
    layers = activations(snapshot)
    if not layers:
        lesson.note(NEVER_ZERO)
        return {}
    excited = surveyed(dataset, snapshot)
    if excited is None:
        return None
    here = cached.alive(snapshot, picker.pixels.tobytes())
    states = {}
    for name in layers:
        if name in here:
            silent = np.where(here[name], ALIVE, SILENT)
            states[name] = np.where((excited[name].counts == 0) & ~here[name], DEAD, silent)
    heads = "its maps", "zero here", f"on all {total:,}"
    drawn = strips(states, heads, label="Which maps are zero everywhere, layer by layer")
    st.html(_as_high_as_the_window(drawn, len(states) + 1))
    return states


def _draw_probes(probes: Probes | None) -> None:
    """Draw how well a linear classifier reads the class off each block, before and after training."""
    st.markdown("**More abstract with depth?** Test images whose class a linear classifier reads off each layer")
    if probes is None:
        lesson.note(NOT_PROBED)
        return
    first, last = (np.array(each) for each in probes.accuracies)
    pair = {f"epoch {epoch}": shares for epoch, shares in zip(probes.epochs, (first, last), strict=True)}
    strong = [[], [int(last.argmax())]]
    drawn = paired_bars(probes.labels, pair, strong=strong, label="Accuracy of a linear classifier by layer")
    st.html(_as_high_as_the_window(drawn, len(probes.labels) + 1))


def _as_high_as_the_window(drawn: str, rows: int) -> str:
    """Let the rows of what is drawn share the height that a window leaves them, as far as its width goes along."""
    return f'<div style="--row: min((100vh - 31rem) / {rows + 1}, 3vw)">{drawn}</div>'


def _deeper(probes: Probes) -> str:
    """Say what depth and training do to what can be read off."""
    first, last = probes.accuracies
    best = int(np.argmax(last))
    learned = last[best] - first[best] > first[best] - first[0]
    return (
        f"A linear classifier gets {percent(last[0])} right from the pixels, {percent(last[best])} from "
        f"{probes.labels[best]}, and {percent(first[best])} there before training: "
        f"{'depth helps because it is learned.' if learned else 'much of what depth gives comes untrained here.'}"
    )


def _silent(states: States | None) -> str:
    if states is None:
        return "A map that is zero on one image is silent; only one that is zero on all of them is dead."
    silent = sum(int((each != ALIVE).sum()) for each in states.values())
    dead = sum(int((each == DEAD).sum()) for each in states.values())
    are = counted(silent, "map or unit is", "maps and units are")
    return f"{are} silent on this image, {dead} on all of them: silent is not yet dead."


def _tell_which(states: States, total: int) -> None:
    with lesson.details("Which they are"):
        lesson.points(
            *(
                f"{name}: {numbers('zero here', each != ALIVE)}; {numbers(f'on all {total:,}', each == DEAD)}."
                for name, each in states.items()
            )
        )


def _described(dataset: Dataset, snapshot: Snapshot, probes: Probes | None, *, strips: bool) -> str:
    """Say what is drawn, and on which images; `strips` says whether maps are, as dead, silent or neither."""
    total = len(chosen(len(dataset.test)))
    which = "a sample, always the same" if total < len(dataset.test) else "all at hand"
    dead = (
        f"A full bar lets something through, a stub is zero on this image, two stubs on all {total:,} test images too "
        f"({which}). "
    )
    dead = dead if strips else ""
    if probes is None:
        return dead
    where = snapshot.run.config.data_note and f" {snapshot.run.config.data_note}"
    return (
        f"{dead}Linear classifiers: ridge regression to the classes, fitted to {probes.train:,} training images, "
        f"accuracy on {probes.test:,} test images{where}, {_within(probes)}; each layer in at "
        f"most {FEATURES:,} numbers, larger maps averaged over a coarser grid. Alain and Bengio 2016."
    )


def _within(probes: Probes) -> str:
    """Say how exact the best accuracy is."""
    best = max(probes.accuracies[-1])
    low, high = interval(round(best * probes.test), probes.test)
    return f"the best within ± {50 * (high - low):.1f} points with 95 % confidence"


def _offer(
    snapshot: Snapshot, picker: ImagePicker, dataset: Dataset, states: States | None, probes: Probes | None
) -> Offer:
    """Return what there is to take home."""
    stem, files = f"{snapshot.run.id}-{snapshot.epoch}", []
    if states:
        excited = cached.survey(dataset.name, snapshot).result()
        counts = {name: excited[name].counts for name in states}
        name = f"{stem}-{picker.split_name}-{picker.index}-silent.csv"
        files.append(File("Silent and dead maps", name, lambda: states_csv(states, counts)))
    if probes:
        name = f"{snapshot.run.id}-probes.csv"
        files.append(File("What is read off each layer", name, lambda: probes_csv(probes)))
    return Offer(files=files, links=network_link(snapshot))


def states_csv(states: States, counts: States) -> str:
    """Return a row a map: whether it is zero everywhere on the image, and on how many test images it is not."""
    return as_csv({
        "layer": [name for name, each in states.items() for _ in each],
        "map": [place + 1 for each in states.values() for place in range(len(each))],
        "zero on this image": [int(state != ALIVE) for each in states.values() for state in each],
        "test images on which it is not": [int(count) for name in states for count in counts[name]],
    })  # fmt: skip


def probes_csv(probes: Probes) -> str:
    """Return a row a layer: in how many numbers it was read, and the accuracy before and after training."""
    accuracies = {f"accuracy, epoch {epoch}": row for epoch, row in zip(probes.epochs, probes.accuracies, strict=True)}
    return as_csv({"read": probes.labels, "numbers": probes.features, **accuracies})
