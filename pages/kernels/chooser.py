"""The choice of the picture on the stage: from the data set, a photograph, the visitor's own, or nine numbers."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.config import WHITE, SplitName
from core.data import photographs, uploads
from core.data.dataset import Dataset
from core.data.reference import TUTORIAL_INDEX
from core.errors import UploadError
from pages.kernels.picture import NINE_NUMBERS, StageImage
from pages.shared import cookies, lesson, received
from pages.shared.choices import OneOf
from pages.shared.image_picker import ImagePicker

SOURCES = {"image": "Data set", "photograph": "Photo", "own": "Your own", "numbers": "Numbers"}


def choose_source() -> str:
    """Draw the choice of where the picture comes from; return a key of `SOURCES`."""
    choice = OneOf("kernels.picture", tuple(SOURCES), words=SOURCES.__getitem__)
    return str(choice.segments("Picture", label_visibility="collapsed"))


def choose_picture(source: str, dataset: Dataset) -> StageImage:
    """Draw the rest of the choice; return the picture."""
    choices: dict[str, Callable[[], StageImage]] = {
        "image": lambda: _image(dataset),
        "photograph": _photograph,
        "own": lambda: _own(dataset),
        "numbers": lambda: NINE_NUMBERS,
    }
    return choices[source]()


def _image(dataset: Dataset) -> StageImage:
    picker = ImagePicker(dataset, "train", TUTORIAL_INDEX)
    picker.choose_split(label_visibility="collapsed")
    picker.choose_index(label_visibility="collapsed", width=140)
    picker.offer_tutorials()
    return replace(_from_dataset(dataset, picker.split_name, picker.position), note=picker.stand_in())


def _from_dataset(dataset: Dataset, split_name: SplitName, position: int) -> StageImage:
    split = dataset.split(split_name)
    index, name = int(split.indices[position]), dataset.class_names[split.labels[position]]
    return StageImage(
        pixels=split.images[position],
        unit=WHITE,
        title=f"{'training' if split_name == 'train' else 'test'} image {index:,} ({name})",
        code=loading_code(dataset, split_name, index),
        label=name,
    )


def loading_code(dataset: Dataset, split_name: SplitName, index: int) -> str:
    """Return Python lines that load an image as `image`, float64, already divided by 255."""
    return dataset.about.image_code.format(split=split_name, index=index)


def _photograph() -> StageImage:
    choice = OneOf("kernels.photograph", tuple(photographs.PHOTOGRAPHS), words=str.capitalize)
    name = choice.select("Photograph", label_visibility="collapsed", width=160)
    caption = photographs.PHOTOGRAPHS[name][1]
    return StageImage(
        pixels=photographs.load(name), unit=WHITE, title=caption, code=photograph_code(name), note=f"{caption}."
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


def _own(dataset: Dataset) -> StageImage:
    with st.popover("Choose a file"):  # judged in Python, where a refusal has words
        if cookies.kept():
            st.file_uploader(uploads.IN_WORDS, key="kernels.upload", on_change=_read_own)
        else:
            cookies.explain()
    if refusal := st.session_state.get("kernels.refused"):
        st.error(lesson.plain(refusal))
    kept: StageImage | None = st.session_state.get("kernels.own")
    if kept is not None:
        return kept
    note = "Choose a file of yours. Until then an image of the data set stands here."
    return replace(_from_dataset(dataset, dataset.split_names[0], 0), note=note)


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


def _uploaded(data: bytes, name: str) -> StageImage:
    upload = uploads.read_image(data, name)
    return StageImage(
        pixels=uploads.shrink(upload.pixels, photographs.LONGEST_SIDE),
        unit=WHITE,
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
