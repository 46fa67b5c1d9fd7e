"""The choice of the picture on the stage: from the data set, a photograph, the visitor's own, or nine numbers."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.config import SplitName
from core.data import browsing, photographs, uploads
from core.data.dataset import Dataset
from core.data.reference import TUTORIAL_INDEX, tutorial_image
from core.errors import UploadError
from pages.kernels.picture import NINE_NUMBERS, Picture
from pages.shared import cookies, lesson, links, received

SOURCES = {"image": "Data set", "photograph": "Photo", "own": "Your own", "numbers": "Numbers"}


def choose_source() -> str:
    """Draw the choice of where the picture comes from; return a key of `SOURCES`."""
    links.check_choice("kernels.picture", SOURCES.values())  # the URL holds what is read
    chosen = st.segmented_control(
        "Picture", list(SOURCES), default="image", required=True, format_func=SOURCES.__getitem__,
        key="kernels.picture", label_visibility="collapsed", bind="query-params", persist_state="session",
    )  # fmt: skip
    return chosen or "image"


def choose_picture(source: str, dataset: Dataset) -> Picture:
    """Draw the rest of the choice; return the picture."""
    choices: dict[str, Callable[[], Picture]] = {
        "image": lambda: _image(dataset),
        "photograph": _photograph,
        "own": lambda: _own(dataset),
        "numbers": lambda: NINE_NUMBERS,
    }
    return choices[source]()


def _image(dataset: Dataset) -> Picture:
    names = dataset.split_names
    links.check_choice("kernels.split", names)
    links.forget_unless("kernels.split", names)
    chosen = st.segmented_control(
        "Split", names, default=names[0], required=True, key="kernels.split", label_visibility="collapsed",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    split_name = chosen or names[0]
    split = dataset.split(split_name)
    first, last = int(split.indices[0]), int(split.indices[-1])
    links.check_number("kernels.index", first, last)
    links.clamp("kernels.index", first, last)
    wanted = TUTORIAL_INDEX if split_name == "train" and dataset.about.is_tutorials else first
    if "kernels.index" not in st.session_state and "kernels.index" not in st.query_params:
        st.session_state["kernels.index"] = wanted
    index = st.number_input(
        f"Image {first} to {last:,}", first, last, key="kernels.index", label_visibility="collapsed",
        bind="query-params", persist_state="session", width=140,
    )  # fmt: skip
    return _from_dataset(dataset, split_name, index)


def _from_dataset(dataset: Dataset, split_name: SplitName, index: int) -> Picture:
    split = dataset.split(split_name)
    position = browsing.position_of(split, index)
    note = ""
    if dataset.about.is_tutorials and "train" not in dataset.split_names and index == split.indices[0]:
        note = tutorial_image(dataset, "train", TUTORIAL_INDEX)[2] or ""
    place = position if position is not None else 0
    name = dataset.class_names[split.labels[place]]
    return Picture(
        pixels=split.images[place],
        unit=255,
        title=f"{'training' if split_name == 'train' else 'test'} image {int(split.indices[place]):,} ({name})",
        code=loading_code(dataset, split_name, int(split.indices[place])),
        label=name,
        note=note,
    )


def loading_code(dataset: Dataset, split_name: SplitName, index: int) -> str:
    """Return Python lines that load an image as `image`, float64, already divided by 255."""
    return dataset.about.image_code.format(split=split_name, index=index)


def _photograph() -> Picture:
    names = photographs.names()
    links.check_choice("kernels.photograph", [name.capitalize() for name in names])
    name = st.selectbox(
        "Photograph", names, format_func=lambda name: name.capitalize(), key="kernels.photograph",
        label_visibility="collapsed", bind="query-params", persist_state="session", width=160,
    )  # fmt: skip
    caption = photographs.caption(name)
    return Picture(
        pixels=photographs.load(name), unit=255, title=caption, code=photograph_code(name), note=f"{caption}."
    )


def photograph_code(name: str) -> str:
    """Return the lines that load a photograph as `core.data.photographs` does."""
    side = photographs.LONGEST_SIDE
    return (
        "from PIL import Image\nfrom sklearn.datasets import load_sample_image\n\n"
        f'picture = Image.fromarray(load_sample_image("{photographs.PHOTOGRAPHS[name][0]}"))\n'
        f"picture.thumbnail(({side}, {side}), Image.Resampling.BOX)\n"
        "image = np.asarray(picture) / 255.0"
    )


def _own(dataset: Dataset) -> Picture:
    with st.popover("Choose a file"):  # judged in Python, where a refusal has words
        if cookies.kept():
            st.file_uploader(uploads.IN_WORDS, key="kernels.upload", on_change=_read_own)
        else:
            cookies.explain()
    if refusal := st.session_state.get("kernels.refused"):
        st.error(lesson.plain(refusal))
    kept: Picture | None = st.session_state.get("kernels.own")
    if kept is not None:
        return kept
    split_name = dataset.split_names[0]
    stand_in = _from_dataset(dataset, split_name, int(dataset.split(split_name).indices[0]))
    return replace(stand_in, note="Choose a file of yours. Until then an image of the data set stands here.")


def _read_own() -> None:
    """Read the file that was chosen, once; a refused one leaves the picture before it on the stage."""
    files = received.listed(st.session_state["kernels.upload"])
    if files and files[0].file_id == st.session_state.get("kernels.own_id"):
        return
    st.session_state["kernels.refused"], st.session_state["kernels.own_id"] = "", ""
    for file in files:
        st.session_state["kernels.own_id"] = file.file_id
        try:
            st.session_state["kernels.own"] = _uploaded(received.take(file), received.name_of(file))
        except UploadError as error:
            st.session_state["kernels.refused"] = str(error)


def _uploaded(data: bytes, name: str) -> Picture:
    upload = uploads.read_image(data, name)
    return Picture(
        pixels=uploads.shrink(upload.pixels, photographs.LONGEST_SIDE),
        unit=255,
        title=f"your picture {upload.name}",
        code=upload_code(upload.name),
        note=" ".join(upload.notes),
    )


def upload_code(name: str) -> str:
    """Return the lines that read the picture of a visitor as the stage does."""
    return (
        "from pathlib import Path\n\nfrom core.data import uploads  # in Convscope's folder\n\n"
        f"name = {name!r}\nupload = uploads.read_image(Path(name).read_bytes(), name)\n"
        f"image = uploads.shrink(upload.pixels, {photographs.LONGEST_SIDE}) / 255.0"
    )
