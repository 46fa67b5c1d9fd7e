"""The controls that browse a data set: split, class, order, page, and one image by its index."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data import browsing
from core.data.dataset import Dataset
from pages.shared.choices import OneOf, Whole
from pages.shared.image_picker import ImagePicker
from pages.shared.mosaic import clicked

PAGE_SIZE = 25
ALL = "all classes"


def choose(dataset: Dataset) -> tuple[ImagePicker, list[int]]:
    """Draw the controls; return the chosen image, and the positions on the chosen page."""
    picker, classes = ImagePicker(dataset), (ALL, *dataset.class_names)
    with st.container(horizontal=True, wrap=False):
        picker.choose_split()
        name = OneOf("dataset.class", classes).select("Class")
    with st.container(horizontal=True, gap="xsmall"):
        seed = Whole("dataset.shuffle", 0, 999_999, usual=None).number(
            "Shuffle seed", placeholder="none", width=106,
            help="Any whole number shuffles; the same number always in the same way.",
        )  # fmt: skip
        label = None if name == ALL else dataset.class_names.index(name)
        shown = _choose_page(browsing.positions(picker.split, label=label, seed=seed))
        picked = clicked("dataset.mosaic")
        if picked is not None and picked < len(shown):
            picker.choose(picker.split_name, int(picker.split.indices[shown[picked]]))
        picker.choose_index(width=128)
    return picker, shown


def _choose_page(found: NDArray[np.int64]) -> list[int]:
    pages = browsing.page_count(len(found), PAGE_SIZE)
    page = Whole("dataset.page", 1, pages).number(f"Page of {pages:,}", width=128)
    return browsing.page(found, page, PAGE_SIZE).tolist()
