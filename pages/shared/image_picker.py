"""Which image the lesson looks at: one for all pages, chosen on any of them, carried along like the snapshot.

Until a visitor chooses, every page shows its usual one, often the tutorial's.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.config import SplitName
from core.data.browsing import position_of
from core.data.dataset import Dataset, Split
from core.data.reference import tutorial_image
from pages.shared.choices import OneOf, Whole


@dataclass(frozen=True, slots=True)
class ImagePicker:
    """The choice of an image, on one page.

    Attributes:
        dataset: whose images.
        usual_split, usual_index: what the page shows until an image is chosen; the first of the data set where that
            image is not at hand. The index is that in the official split.
    """

    dataset: Dataset
    usual_split: SplitName = "train"
    usual_index: int = 0

    @property
    def split_name(self) -> SplitName:
        """The chosen split."""
        name: SplitName = self._splits().value()
        return name

    @property
    def split(self) -> Split:
        """The images of the chosen split."""
        return self.dataset.split(self.split_name)

    @property
    def index(self) -> int:
        """Index of the chosen image in the official split."""
        return int(self._indices().value())

    @property
    def position(self) -> int:
        """Position of the chosen image in `split`."""
        return position_of(self.split, self.index) or 0

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The chosen image, uint8 (32, 32, 3)."""
        return np.asarray(self.split.images[self.position])

    @property
    def class_name(self) -> str:
        """What the chosen image shows."""
        return self.dataset.class_names[self.split.labels[self.position]]

    @property
    def is_usual(self) -> bool:
        """Whether the chosen image is the page's usual one."""
        return (self.split_name, self.index) == self._usual()

    def choose_split(self, **look: object) -> None:
        """Draw the choice of the split."""
        self._splits().segments("Split", **look)

    def choose_index(self, **look: object) -> None:
        """Draw the choice of the index."""
        indices = self._indices()
        indices.number(f"Image {indices.low:,} to {indices.high:,}", **look)
        if indices.chosen or self._splits().chosen:
            self.choose(self.split_name, self.index)  # a split alone, or an index alone, is half a name elsewhere

    def choose(self, split_name: SplitName, index: int) -> None:
        """Choose an image, for example the one that was clicked; call it before `choose_index`, or in a callback."""
        self._splits().choose(split_name)
        self._indices().choose(index)

    def stand_in(self) -> str:
        """Say which image of the tutorial the one that is shown stands in for; nothing where it stands for itself."""
        name = self.usual_split
        if self._usual() == (name, self.usual_index) or not self.is_usual:
            return ""
        return tutorial_image(self.dataset, name, self.usual_index)[2] or ""

    def offer_tutorials(self) -> None:
        """Draw a button that brings back the tutorial's image, where another one is chosen."""
        usual = self._usual()
        at_hand = self.dataset.about.is_tutorials and usual == ("train", self.usual_index)
        if at_hand and not self.is_usual:
            st.button("Tutorial’s image", key="image.tutorial", on_click=self.choose, args=usual)

    def _usual(self) -> tuple[SplitName, int]:
        names = self.dataset.split_names
        name = self.usual_split if self.usual_split in names else names[0]
        split = self.dataset.split(name)
        at_hand = name == self.usual_split and position_of(split, self.usual_index) is not None
        return name, self.usual_index if at_hand else int(split.indices[0])

    def _splits(self) -> OneOf:
        return OneOf("image.split", self.dataset.split_names, name="split", usual=self._usual()[0], named="once chosen")

    def _indices(self) -> Whole:
        split, (name, index) = self.split, self._usual()
        first, last = int(split.indices[0]), int(split.indices[-1])
        usual = index if self.split_name == name else first
        return Whole("image.index", first, last, name="image", usual=usual, named="once chosen")
