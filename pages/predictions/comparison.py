"""Two snapshots on the same images: what one gets right and the other wrong."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts.bars import largest, paired_bars
from core.data import browsing
from core.data.dataset import Dataset
from core.model.quality.answers import Answers
from core.training.runs.catalogue import runs_on
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from pages.predictions.answers import Answered, test_answers
from pages.predictions.grid import chosen_among, draw_images
from pages.shared import choices, lesson
from pages.shared.choices import OneOf, Whole
from pages.shared.mosaic import clicked
from pages.shared.sidebar import names_of, shortlist

ONLY_OTHER, ONLY_THIS, NEITHER, BOTH = "only B", "only A", "neither", "both"
_RIGHT = OneOf("predictions.right", (ONLY_OTHER, ONLY_THIS, NEITHER, BOTH))
_PAGE = Whole("predictions.compared_page", 1, 1)
_PAGE_SIZE = 15
_PICTURE = "clamp(4.4rem, (100vh - 26rem) / 3, 12rem)"  # three rows fill the window, whatever its height


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """What two snapshots, A and B, answer to the same images.

    Attributes:
        one, other: the answers.
    """

    one: Answers
    other: Answers

    def positions(self, right: str) -> NDArray[np.int64]:
        """Return positions of the images that only B, only A, neither or both of them get right."""
        wanted = {ONLY_OTHER: (False, True), ONLY_THIS: (True, False), NEITHER: (False, False), BOTH: (True, True)}
        by_one, by_other = wanted[right]
        return np.flatnonzero((self.one.right == by_one) & (self.other.right == by_other))

    def counts(self) -> dict[str, int]:
        """Return how many images each of these groups holds."""
        return {right: len(self.positions(right)) for right in _RIGHT.options}

    def sentence(self, name: str) -> str:
        """Say which of the two is ahead, and whether chance could be the reason: the exact sign test (McNemar 1947)."""
        from scipy.stats import binomtest

        n, counts = len(self.one.labels), self.counts()
        ours, theirs = counts[ONLY_THIS], counts[ONLY_OTHER]
        if not ours + theirs:
            return "Both are right about the same images."
        chance = binomtest(theirs, ours + theirs).pvalue
        often = "fewer than 1 of 1,000" if chance < 0.001 else f"about {100 * chance:.3g} of 100"
        return (
            f"Of {n:,} images B ({name}) gets {theirs:,} right that A gets wrong, and A {ours:,} that B gets wrong. "
            f"Were both equally good, chance would split them as unevenly in {often} cases (exact McNemar test)."
        )


def draw(answered: Answered) -> None:
    """Draw the choice of the other snapshot, the images of one group, and both networks' answers to one of them."""
    dataset = answered.dataset
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        other, name = _choose_other(answered)
        choice = st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content")
    found = test_answers(dataset, other)
    if found is None:
        return
    pair = Pair(one=answered.answers, other=found.answers)
    with choice:
        right, places = _choose_images(pair)
    if places:
        chosen = chosen_among(dataset, places, clicked("predictions.compared"))
        pictures, answers = st.columns([11, 9], gap="medium")
        with pictures:
            _draw_grid(dataset, pair, right, places, chosen)
        with answers:
            _draw_both(dataset, pair, chosen)
    else:
        st.info("There is no such image. Choose another group.")
    lesson.insight(pair.sentence(name))


def _choose_other(answered: Answered) -> tuple[Snapshot, str]:
    """Draw the choice of run and epoch of B; the usual one is the last snapshot of the best other run shipped."""
    this = answered.snapshot
    asked = choices.asked("predictions.other") or st.session_state.get("predictions.other", "")
    runs = {run.id: run for run in shortlist(runs_on(answered.dataset), also=(this.run.id, asked)) if run.epochs}
    names = names_of(list(runs.values()))
    usual = max((run for run in runs.values() if run.shipped and run != this.run), key=_accuracy, default=this.run)
    which = OneOf("predictions.other", tuple(runs), usual=usual.id)
    run = runs[which.select("Network B", format_func=names.__getitem__, width=180)]
    last = max(run.epochs)
    usual_epoch = last if Snapshot(run, last) != this else min(run.epochs)
    epoch = OneOf("predictions.other_epoch", run.epochs, usual=usual_epoch).select("Epoch", width=85)
    return Snapshot(run, epoch), f"{run.title} after epoch {epoch}"


def _accuracy(run: Run) -> float:
    evaluation = Snapshot(run, max(run.epochs)).evaluation() if run.epochs else None
    return evaluation.accuracy if evaluation else 0.0


def _choose_images(pair: Pair) -> tuple[str, list[int]]:
    """Draw which group of images to show, and which page of it; return the group and positions."""
    counts = pair.counts()
    right: str = _RIGHT.segments("Right", format_func=lambda group: f"{group} {counts[group]:,}", width="content")
    pages = browsing.page_count(counts[right], _PAGE_SIZE)
    number = replace(_PAGE, high=pages).number(f"Page of {pages:,}", width=100)
    return right, browsing.page(pair.positions(right), number, _PAGE_SIZE).tolist()


def _draw_grid(dataset: Dataset, pair: Pair, right: str, places: list[int], chosen: int) -> None:
    names, test = dataset.class_names, dataset.test

    def caption(place: int) -> str:
        one, other = (names[each.predicted[place]] for each in (pair.one, pair.other))
        wrong = {BOTH: "", ONLY_OTHER: f"A: {one}", ONLY_THIS: f"B: {other}", NEITHER: f"A: {one}, B: {other}"}[right]
        true = names[test.labels[place]]
        return f"{wrong} ({true})" if wrong else true

    captions = [caption(place) for place in places]
    draw_images(dataset, places, captions, chosen, key="predictions.compared", picture=_PICTURE)


def _draw_both(dataset: Dataset, pair: Pair, chosen: int) -> None:
    names, true = dataset.class_names, int(dataset.test.labels[chosen])
    picture, words = st.columns([1, 3], gap="small", vertical_alignment="center", wrap=False)
    with picture:
        lesson.picture(dataset.test.images[chosen], f"test image of class {names[true]}")
    with words:
        lesson.facts(test_image=f"{dataset.test.indices[chosen]:,}", shows=names[true])
    both = {"A": pair.one, "B": pair.other}
    shown = sorted({place for answers in both.values() for place in largest(answers.probabilities[chosen], true)})
    headings = {
        f"{letter}: {'right' if answers.right[chosen] else 'wrong'}": answers.probabilities[chosen, shown]
        for letter, answers in both.items()
    }
    strong = [[shown.index(int(answers.predicted[chosen]))] for answers in both.values()]
    labels = [f"{names[place]} (true)" if place == true else names[place] for place in shown]
    st.html(paired_bars(labels, headings, strong=strong, label="Probabilities by A and by B"))
