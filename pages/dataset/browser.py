"""The controls that browse a data set: split, class, order, page, and one image by its index."""

import streamlit as st

from core.config import SplitName
from core.data import browsing
from core.data.dataset import Dataset, Split
from pages.shared import links
from pages.shared.picking import clicked

PAGE_SIZE = 25
ALL = "all classes"


def choose(dataset: Dataset) -> tuple[SplitName, list[int], int]:
    """Draw the controls; return the split, the positions on the chosen page, and the position of the chosen image."""
    with st.container(horizontal=True, wrap=False):
        split_name = _choose_split(dataset)
        split = dataset.split(split_name)
        label = _choose_class(dataset)
    with st.container(horizontal=True, wrap=False, gap="xsmall"):
        shown = _choose_page(split, label, _choose_seed())
        position = _choose_image(split, shown)
    return split_name, shown, position


def _choose_split(dataset: Dataset) -> SplitName:
    names = dataset.split_names
    links.check_choice("dataset.split", names)
    links.forget_unless("dataset.split", names)
    chosen = st.segmented_control(
        "Split",
        names,
        default=names[0],
        required=True,
        key="dataset.split",
        bind="query-params",
        persist_state="session",
    )
    return chosen or names[0]


def _choose_class(dataset: Dataset) -> int | None:
    classes = (ALL, *dataset.class_names)
    links.check_choice("dataset.class", classes)
    links.forget_unless("dataset.class", classes)
    name = st.selectbox("Class", classes, key="dataset.class", bind="query-params", persist_state="session")
    return None if name == ALL else dataset.class_names.index(name)


def _choose_seed() -> int | None:
    return st.number_input(
        "Shuffle seed", 0, 999_999, None, key="dataset.shuffle", placeholder="none", bind="query-params",
        persist_state="session", width=106, help="Any whole number shuffles; the same number always in the same way.",
    )  # fmt: skip


def _choose_page(split: Split, label: int | None, seed: int | None) -> list[int]:
    chosen = browsing.positions(split, label=label, seed=seed)
    pages = browsing.page_count(len(chosen), PAGE_SIZE)
    links.check_number("dataset.page", 1, pages)
    links.clamp("dataset.page", 1, pages)
    page = st.number_input(
        f"Page of {pages:,}", 1, pages, key="dataset.page", bind="query-params", persist_state="session", width=128
    )
    return browsing.page(chosen, page, PAGE_SIZE).tolist()


def _choose_image(split: Split, shown: list[int]) -> int:
    picked = clicked("dataset.mosaic")
    if picked is not None and picked < len(shown):
        st.session_state["dataset.index"] = int(split.indices[shown[picked]])
    first, last = int(split.indices[0]), int(split.indices[-1])
    links.check_number("dataset.index", first, last)
    links.clamp("dataset.index", first, last)
    index = st.number_input(
        f"Image {first} to {last:,}", first, last, key="dataset.index", bind="query-params", persist_state="session",
        width=128,
    )  # fmt: skip
    return browsing.position_of(split, index) or 0
