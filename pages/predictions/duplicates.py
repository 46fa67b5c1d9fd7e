"""Test images that are nearly training images too: side by side, and how they are answered."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import percent
from core.data.duplicates import Pair
from pages.predictions.answers import Answered
from pages.shared import lesson
from pages.shared.choices import Whole
from pages.shared.mosaic import mosaic

_ROOM = 9
_GAP = 2  # white pixels between the two images of a pair


def pairs_of(answered: Answered) -> list[tuple[int, Pair]]:
    """Return the pairs whose test image is at hand, each with that image's position, those most alike first."""
    positions = {int(index): at for at, index in enumerate(answered.dataset.test.indices)}
    found = cached.duplicates(answered.dataset.family)
    return [(positions[pair.test], pair) for pair in found if pair.test in positions]


def draw(answered: Answered) -> None:
    """Draw the pairs, as many as there is room for at once."""
    dataset, answers, pairs = answered.dataset, answered.answers, pairs_of(answered)
    places = np.array([at for at, _ in pairs])
    others = np.delete(answers.right, places)
    known, fresh = (percent(float(right.mean())) for right in (answers.right[places], others))
    st.markdown(
        f"{len(pairs):,} of {len(answers.labels):,} test images are nearly training images too. It answers {known} of "
        f"them correctly, of the others {fresh}."
    )
    if not len(dataset.train):
        lesson.note("The training images are not at hand: with all of CIFAR-10 each pair is shown side by side.")
        return
    begin = Whole("predictions.pair", 1, max(1, len(pairs) - _ROOM + 1), usual=1).slider("Pairs, the most alike first")
    shown, names = pairs[begin - 1 : begin - 1 + _ROOM], dataset.class_names
    labels = [(names[answers.labels[at]], names[dataset.train.labels[pair.train]]) for at, pair in shown]
    captions = [test if test == train else f"{test} | {train}" for test, train in labels]
    alts = [
        f"test image {pair.test}: {test}; training image {pair.train}: {train}; {pair.alike:.3f} alike"
        for (test, train), (_, pair) in zip(labels, shown, strict=True)
    ]
    pictures = np.stack([_beside(dataset.test.images[at], dataset.train.images[pair.train]) for at, pair in shown])
    mosaic(pictures, key="predictions.pairs", captions=captions, alts=alts, selectable=False, columns=3, cell="12rem")
    lesson.note(
        f"Left test, right training; their details correlate by {shown[-1][1].alike:.2f} to {shown[0][1].alike:.2f}. "
        "A few only look alike; shifted near-duplicates are not found."
    )


def _beside(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    gap = np.full((len(one), _GAP, 3), 255, np.uint8)
    return np.concatenate([one, gap, other], axis=1)
