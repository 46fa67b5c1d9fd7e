"""The pictures side by side: which one is chosen, and the square of it that the network sees."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.uploads import square_input
from pages.classify.cropper import cropper, square_of
from pages.classify.pictures import KeptPicture, offer_removal
from pages.shared import lesson
from pages.shared.mosaic import clicked, mosaic


def network_input(picture: KeptPicture) -> NDArray[np.uint8]:
    """Return the 32 x 32 pixels inside the picture's square; they are cut anew only where it has moved."""
    place = square_of(picture.kept.size, _crop_key(picture))
    seen = st.session_state.setdefault("classify.seen", {})
    if picture.id not in seen or seen[picture.id][0] != place:
        seen[picture.id] = place, square_input(picture.kept.parts, place)
    return seen[picture.id][1]


def chosen_among(everything: list[KeptPicture]) -> int:
    """Return the position of the chosen picture: the one clicked, else the newest, else the first."""
    picked = clicked("classify.mosaic")
    if picked is not None and picked < len(everything):
        st.session_state["classify.chosen"] = everything[picked].id
    ids = [picture.id for picture in everything]
    chosen = st.session_state.get("classify.chosen")
    return ids.index(chosen) if chosen in ids else 0


def draw(everything: list[KeptPicture], inputs: NDArray[np.uint8], chosen: int, answers: list[str]) -> None:
    """Draw all pictures small with their answers, if there are any, and the chosen one large with its crop."""
    names = [picture.name for picture in everything]
    captions = [f"{name}: {answer}" for name, answer in zip(names, answers, strict=True)] if answers else names
    mosaic(inputs, key="classify.mosaic", captions=captions, columns=6, selected=chosen, cell="4.4rem")
    picture = everything[chosen]
    cropper(picture.kept.size, picture.preview, picture.name, key=_crop_key(picture))
    for sentence in picture.notes:
        lesson.note(sentence)
    offer_removal(picture)


def _crop_key(picture: KeptPicture) -> str:
    return f"classify.crop.{picture.id}"
