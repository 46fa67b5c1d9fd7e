"""The visitor's own pictures: received, checked, kept while the session lasts, one wrong file at a time refused."""

import functools
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import streamlit as st

from core.charts import png
from core.data import photographs
from core.data.pictures.originals import Kept, keep
from core.data.uploads import IN_WORDS, Upload, one_line, read_image
from core.errors import UploadError
from pages.classify.cropper import preview
from pages.shared import cookies, lesson, received
from pages.shared.lesson import plain
from pages.shared.received import DeletedFile, Received

MOST = 24
_FORGOTTEN = "classify.forgotten"
_SURPLUS = "surplus"
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")

Refused = dict[str, tuple[str, str]]
"""A file's id to its name and the sentences that refuse it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptPicture:
    """One picture to classify.

    Attributes:
        id: tells it from the others in this session.
        name: what the visitor called it; any text.
        kept: the picture itself, as a file.
        preview: the picture as the cropper shows it, a data URI.
        notes: what was done to the file, in sentences.
    """

    id: str
    name: str
    kept: Kept
    preview: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, id: str, upload: Upload, *, taken: int = 0) -> "KeptPicture":
        """Make one with its preview; `taken` says how many bytes of the visitor's other files are kept."""
        kept, notes = keep(upload.parts, upload.pixels, taken=taken), upload.notes
        if not kept.is_original and kept.size != upload.size:
            notes = (*notes, "Your other pictures leave no room for its file: a square is cut from the reduced one.")
        return cls(id=id, name=upload.name, kept=kept, preview=preview(upload.pixels), notes=notes)


def receive() -> list[KeptPicture]:
    """Draw the ways to bring pictures; return the visitor's pictures, newest batch first, then the examples."""
    source = st.segmented_control(
        "Source",
        ("files", "camera"),
        default="files",
        required=True,
        key="classify.source",
        label_visibility="collapsed",
    )
    if not cookies.kept():
        cookies.explain()
    elif source == "camera" and camera_allowed():
        st.camera_input("Take a photo", key="classify.photo", label_visibility="collapsed", on_change=_read_photo)
    else:
        if source == "camera":
            lesson.note(
                "Browsers give a camera only to pages opened over https, and this one came over plain http. "
                "Choose a file instead: on a phone the picker can open the camera."
            )
        # Any file is taken and judged in Python: one that the browser refused would only get a small mark.
        st.file_uploader(IN_WORDS, accept_multiple_files=True, key="classify.files", on_change=_read_files)
    _draw_refused(list(st.session_state.get("classify.refused", {}).values()))
    return [*st.session_state.get("classify.pictures", {}).values(), *examples()]


def _draw_refused(refused: list[tuple[str, str]]) -> None:
    """Say in one line, which can be closed, what was refused: a box each would push the pictures out of sight."""
    if not refused:
        return
    sentences = [f"{plain(name)}: {refusal}" for name, refusal in refused]  # the refusals are our own
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall"):
        if len(refused) == 1:
            st.error(sentences[0])
        else:
            st.error(f"{len(refused)} files could not be read.")
            with st.popover("Why"):
                st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
        st.button("Close", key="classify.close", type="tertiary", on_click=_close)


def _close() -> None:
    """Forget what was refused; the uploader may still list it."""
    st.session_state.setdefault(_FORGOTTEN, set()).update(st.session_state.pop("classify.refused"))


def offer_removal(picture: KeptPicture) -> None:
    """Draw a button that forgets the picture, if it is one of the visitor's."""
    if picture.id in st.session_state.get("classify.pictures", {}):
        st.button(
            "Remove this picture", key="classify.remove", type="tertiary", icon=":material/close:",
            on_click=_forget, args=(picture.id,),
        )  # fmt: skip


@functools.cache
def examples() -> tuple[KeptPicture, ...]:
    """Return the two photographs that are always at hand."""
    return tuple(_example(name) for name in photographs.PHOTOGRAPHS)


def _example(name: str) -> KeptPicture:
    upload = read_image(png.encode(photographs.load(name)), name)
    return replace(KeptPicture.of(name, upload), notes=(photographs.PHOTOGRAPHS[name][1],))


def camera_allowed() -> bool:
    """Whether browsers give this page a camera: only over https, or on the machine that serves it."""
    address = urlsplit(st.context.url or "")
    return address.scheme != "http" or address.hostname in _HERE_ALONE


def _read_files() -> None:
    """Read what the uploader holds now, before what was there earlier; forget what was removed from it.

    After a page switch the uploader comes back empty: what it held before stays.
    """
    forgotten = st.session_state.get(_FORGOTTEN, set())
    files = [file for file in received.listed(st.session_state["classify.files"]) if file.file_id not in forgotten]
    now = {file.file_id for file in files}
    before: set[str] = st.session_state.get("classify.uploaded", set())
    removed = before - now if before & now or not files else set()
    st.session_state["classify.uploaded"] = now
    kept: dict[str, KeptPicture] = st.session_state.get("classify.pictures", {})
    refused_before: Refused = st.session_state.get("classify.refused", {})
    pictures = {id: kept[id] for id in kept if id not in removed}
    refused = {id: refusal for id, refusal in refused_before.items() if id in now}
    for file in files[:MOST]:
        if file.file_id not in pictures and file.file_id not in refused:
            _read(file.file_id, file, received.name_of(file), pictures, refused)
    told = st.session_state.setdefault("classify.told", set())
    if surplus := [file for file in files[MOST:] if file.file_id not in {*pictures, *told}]:
        for file in surplus:
            received.discard(file)
            told.add(file.file_id)
        name = one_line(received.name_of(surplus[0])) + (f" and {len(surplus) - 1} more" if len(surplus) > 1 else "")
        refused[_SURPLUS] = name, _too_many(len(files))
    elif _SURPLUS in refused_before and files[MOST:]:
        refused[_SURPLUS] = refused_before[_SURPLUS]
    ids = [file.file_id for file in files if file.file_id in pictures]
    order = [*ids, *(id for id in pictures if id not in ids)]
    _keep({id: pictures[id] for id in order[:MOST]}, refused)


def _read_photo() -> None:
    photo = st.session_state["classify.photo"]
    kept: dict[str, KeptPicture] = st.session_state.get("classify.pictures", {})
    if photo is None or isinstance(photo, DeletedFile):
        return
    pictures, refused = dict(kept), Refused()
    if len(kept) < MOST:
        _read(f"photo-{photo.file_id}", photo, "photo", pictures, refused)
    else:
        received.discard(photo)
        refused[_SURPLUS] = "photo", _too_many(len(kept) + 1)
    _keep({id: pictures[id] for id in sorted(pictures, key=kept.__contains__)}, refused)


def _too_many(count: int) -> str:
    return f"Expected at most {MOST} pictures at once. Received {count}. Remove some."


def _forget(id: str) -> None:
    """Forget one picture; the uploader may still list its file, which is then passed over."""
    del st.session_state["classify.pictures"][id]
    st.session_state.setdefault(_FORGOTTEN, set()).add(id)
    st.session_state.get("classify.refused", {}).pop(_SURPLUS, None)


def _read(id: str, file: Received, name: str, pictures: dict[str, KeptPicture], refused: Refused) -> None:
    """Add the file to the pictures, or to what was refused."""
    taken = sum(len(picture.kept.parts.content) for picture in pictures.values() if picture.kept.is_original)
    try:
        pictures[id] = KeptPicture.of(id, read_image(received.take(file), name), taken=taken)
    except UploadError as error:
        refused[id] = one_line(name), str(error)


def _keep(pictures: dict[str, KeptPicture], refused: Refused) -> None:
    before = st.session_state.get("classify.pictures", {})
    st.session_state["classify.pictures"], st.session_state["classify.refused"] = pictures, refused
    new = [id for id in pictures if id not in before]
    if new:
        st.session_state["classify.chosen"] = new[0]
