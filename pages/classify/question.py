"""What is asked about one picture: where does the network's answer rest, for which class, by which method."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.maps import heat_overlay
from core.model.explanations import METHODS, Explanation
from core.training.runs.snapshot import Snapshot
from pages.shared.choices import OneOf

_ANSWER = "the answer"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Where an answer rests.

    Attributes:
        snapshot: of the network that answers.
        pixels: what it sees, uint8 (32, 32, 3).
        class_names: in the order of the logits.
        class_index: of the class to explain.
        method: one of `METHODS`.
    """

    snapshot: Snapshot
    pixels: NDArray[np.uint8]
    class_names: tuple[str, ...]
    class_index: int
    method: str

    @property
    def name(self) -> str:
        """The name of the class to explain."""
        return self.class_names[self.class_index]

    @property
    def explanation(self) -> Explanation:
        """What the method says."""
        return cached.explanation(self.method, self.snapshot, self.pixels.tobytes(), self.class_index)

    @property
    def overlay(self) -> NDArray[np.uint8]:
        """The method's heat over the picture, uint8 (32, 32, 3)."""
        return heat_overlay(self.pixels, self.explanation.heat)


def ask(snapshot: Snapshot, pixels: NDArray[np.uint8], names: tuple[str, ...], answer: int) -> Question:
    """Draw the choice of the method and of the class; return what is asked.

    Args:
        snapshot: of the network that answers.
        pixels: what it sees, uint8 (32, 32, 3).
        names: of all classes.
        answer: the class that the network answers.
    """
    methods = OneOf("classify.method", tuple(METHODS), words=lambda name: METHODS[name].title, usual="occlusion")
    with st.container(horizontal=True, gap="small"):
        method = methods.select("Where the answer rests, by")
        asked = OneOf("classify.class", (_ANSWER, *names)).select("for", width=150)
    place = answer if asked == _ANSWER else names.index(asked)
    return Question(snapshot=snapshot, pixels=pixels, class_names=names, class_index=place, method=method)
