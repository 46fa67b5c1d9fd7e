"""The visitor's own pictures: received, checked, kept while the session lasts, one wrong file at a time refused."""

import functools
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data import photographs
from core.data.uploads import IN_WORDS, read_image
from core.errors import UploadError
from pages.shared import lesson
from pages.shared.cropper import preview
from pages.shared.lesson import plain

MOST = 24
_FORGOTTEN = "classify.forgotten"
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One picture to classify.

    Attributes:
        id: tells it from the others in this session.
        name: what the visitor called it; any text.
        pixels: uint8 (height, width, 3).
        preview: the same as a data URI, for the cropper.
        notes: what was done to the file, in sentences.
    """

    id: str
    name: str
    pixels: NDArray[np.uint8]
    preview: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, id: str, name: str, pixels: NDArray[np.uint8], notes: tuple[str, ...]) -> "Picture":
        """Make one with its preview."""
        return cls(id=id, name=name, pixels=pixels, preview=preview(pixels), notes=notes)


def receive() -> list[Picture]:
    """Draw the ways to bring pictures; return the visitor's pictures, newest batch first, then the examples."""
    source = st.segmented_control(
        "Source",
        ("files", "camera"),
        default="files",
        required=True,
        key="classify.source",
        label_visibility="collapsed",
    )
    if source == "camera":
        _offer_camera()
    if source != "camera" or not camera_allowed():
        # Any file is taken and judged in Python: one that the browser refused would only get a small mark.
        st.file_uploader(IN_WORDS, accept_multiple_files=True, key="classify.files", on_change=_read_files)
    for name, refusal in st.session_state.get("classify.refused", {}).items():
        st.error(f"{plain(name)}: {refusal}")
    return [*st.session_state.get("classify.pictures", {}).values(), *examples()]


def offer_removal(picture: Picture) -> None:
    """Draw a button that forgets the picture, if it is one of the visitor's."""
    if picture.id in st.session_state.get("classify.pictures", {}):
        st.button(
            "Remove this picture", key="classify.remove", type="tertiary", icon=":material/close:",
            on_click=_forget, args=(picture.id,),
        )  # fmt: skip


@functools.cache
def examples() -> tuple[Picture, ...]:
    """Return the two photographs that are always at hand."""
    return tuple(
        Picture.of(name, name, photographs.load(name), (photographs.caption(name),)) for name in photographs.names()
    )


def camera_allowed() -> bool:
    """Whether browsers give this page a camera: only over https, or on the machine that serves it."""
    address = urlsplit(st.context.url or "")
    return address.scheme != "http" or address.hostname in _HERE_ALONE


def _offer_camera() -> None:
    if camera_allowed():
        st.camera_input("Take a photo", key="classify.photo", label_visibility="collapsed", on_change=_read_photo)
    else:
        lesson.note(
            "Browsers give a camera only to pages opened over https, and this one came over plain http. "
            "Choose a file instead: on a phone the picker can open the camera."
        )


def _read_files() -> None:
    """Read what the uploader holds now, before what was there earlier; forget what was removed from it.

    After a page switch the uploader comes back empty: what it held before stays.
    """
    forgotten = st.session_state.get(_FORGOTTEN, set())
    files = [file for file in st.session_state["classify.files"] or [] if file.file_id not in forgotten]
    now = {file.file_id for file in files}
    before: set[str] = st.session_state.get("classify.uploaded", set())
    removed = before - now if before & now or not files else set()
    st.session_state["classify.uploaded"] = now
    kept: dict[str, Picture] = st.session_state.get("classify.pictures", {})
    pictures: dict[str, Picture] = {}
    refused: dict[str, str] = {}
    for file in files[:MOST]:
        if file.file_id in kept:
            pictures[file.file_id] = kept[file.file_id]
            continue
        _read(file.file_id, file.getvalue(), file.name, pictures, refused)
    earlier = [id for id in kept if id not in pictures and id not in removed]
    pictures |= {id: kept[id] for id in earlier[: max(0, MOST - len(pictures))]}
    if surplus := files[MOST:]:  # one box for all of them: a box each would push the pictures out of sight
        name = surplus[0].name[:60] + (f" and {len(surplus) - 1} more" if len(surplus) > 1 else "")
        refused[name] = _too_many(len(files))
    _keep(pictures, refused)


def _read_photo() -> None:
    photo = st.session_state["classify.photo"]
    if photo is None:
        return
    pictures: dict[str, Picture] = {}
    refused: dict[str, str] = {}
    kept: dict[str, Picture] = st.session_state.get("classify.pictures", {})
    if len(kept) < MOST:
        _read(f"photo-{photo.file_id}", photo.getvalue(), "photo", pictures, refused)
    else:
        refused["photo"] = _too_many(len(kept) + 1)
    _keep(pictures | kept, refused)


def _too_many(count: int) -> str:
    return f"Expected at most {MOST} pictures at once. Received {count}. Remove some."


def _forget(id: str) -> None:
    """Forget one picture; the uploader may still list its file, which is then passed over."""
    del st.session_state["classify.pictures"][id]
    st.session_state.setdefault(_FORGOTTEN, set()).add(id)
    st.session_state["classify.refused"] = {}


def _read(id: str, data: bytes, name: str, pictures: dict[str, Picture], refused: dict[str, str]) -> None:
    try:
        upload = read_image(data, name)
    except UploadError as error:
        refused[name[:60]] = str(error)
    else:
        pictures[id] = Picture.of(id, upload.name, upload.pixels, upload.notes)


def _keep(pictures: dict[str, Picture], refused: dict[str, str]) -> None:
    before = st.session_state.get("classify.pictures", {})
    st.session_state["classify.pictures"], st.session_state["classify.refused"] = pictures, refused
    new = [id for id in pictures if id not in before]
    if new:
        st.session_state["classify.chosen"] = new[0]
