"""What a visitor takes home of a page: its pictures, its tables, its code. Each is made when it is asked for."""

import html
import io
import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import png
from core.charts.contact_sheet import contact_sheet
from core.charts.drawing import Drawing
from core.training.routes import downloads
from core.training.runs.snapshot import Snapshot
from pages.shared import lesson

FONT = str(Path(__file__).parent / "fonts" / "ibm-plex-sans-400.woff2")


@dataclass(frozen=True, slots=True)
class File:
    """One file.

    Attributes:
        what: is in it.
        name: under which it is saved; what no file system likes is left out of it.
        make: returns its contents.
    """

    what: str
    name: str
    make: Callable[[], bytes | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a page has to offer.

    Attributes:
        files: its pictures and tables.
        links: labels to addresses, relative to the pages, of what the server makes without a page.
        note: what has to be said of them; may be empty.
        code: Python that computes on its own what the page shows; may be empty.
    """

    files: Sequence[File]
    links: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    code: str = ""


def picture(what: str, name: str, draw: Callable[[], NDArray[np.uint8]]) -> File:
    """Return pixels, see `png.encode`, as a PNG file."""
    return File(what, f"{name}.png", lambda: png.encode(draw()))


def drawn(what: str, name: str, draw: Callable[[], Drawing]) -> list[File]:
    """Return a drawing as an SVG file and as a PNG file."""
    return [File(what, f"{name}.svg", lambda: draw().svg()), picture(what, name, lambda: draw().pixels(FONT))]


def sheet(images: NDArray[np.uint8], captions: Sequence[str], columns: int) -> NDArray[np.uint8]:
    """Return pictures with their captions as one picture, in the pages' type; see `contact_sheet`."""
    return contact_sheet(images, captions, columns, FONT)


def as_npy(values: NDArray[np.float32]) -> bytes:
    """Return an array as the file that `numpy.load` reads."""
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    return stream.getvalue()


def network_link(snapshot: Snapshot) -> dict[str, str]:
    """Return the link to the network of a snapshot, which the codes load."""
    path = downloads.path(snapshot.run, "network.keras", snapshot.epoch)
    return {f"Network after epoch {snapshot.epoch} (.keras)": path}


@st.fragment
@lesson.explained()
def take_home(key: str, offer: Callable[[], Offer]) -> None:
    """Draw one quiet button that opens what there is; nothing of it is looked at before.

    Args:
        key: the widget's key, "page.home".
        offer: returns what the page shows at this moment.
    """
    home = st.popover("Take home", icon=":material/download:", type="tertiary", key=key, on_change="rerun")
    if not home.open:
        return
    offered = offer()
    with home:
        with st.container(gap=None, key=f"{key}.files"):
            for number, file in enumerate(offered.files):
                name, label = safe(file.name), f"{file.what} ({Path(file.name).suffix})"
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                st.download_button(
                    label, file.make, name, kind, key=f"{key}.{number}", on_click="ignore", type="tertiary"
                )
            # Links, not buttons: those forget what they offered whenever a run that trains draws the page anew.
            for label, path in offered.links.items():
                st.html(f'<a class="lesson-link" href="{html.escape(path)}" download>{html.escape(label)}</a>')
        if offered.note:
            lesson.note(offered.note)
        if offered.code:
            st.code(offered.code, "python", height=260)


def safe(name: str) -> str:
    """Return a file name of letters, digits, points and hyphens.

    >>> safe("my cat/../<b>.png")
    'my-cat-..-b-.png'
    """
    return re.sub(r"[^\w.]+", "-", name)[-80:].lstrip(".-")
