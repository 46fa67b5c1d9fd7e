"""Which method finds where an answer rests, for which class; and all methods side by side, with a check of each."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.maps import heat_overlay
from core.charts.numbers import signed
from core.model import sanity
from core.model.explanations import METHODS
from core.training.snapshot import Snapshot
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.mosaic import Layout, mosaic
from pages.shared.takehome import File, picture, sheet

_Heats = dict[str, NDArray[np.float32]]

ANSWER = "the answer"


def chosen_method() -> OneOf:
    """Return the choice of the method."""
    return OneOf("classify.method", tuple(METHODS), words=lambda name: METHODS[name].title, usual="occlusion")


def choose(names: tuple[str, ...], answer: int) -> tuple[str, int]:
    """Draw the choice of the method and of the class to explain; return both."""
    with st.container(horizontal=True, gap="small"):
        method: str = chosen_method().select("Where the answer rests, by")
        asked = OneOf("classify.class", (ANSWER, *names)).select("for", width=150)
    return method, answer if asked == ANSWER else names.index(asked)


def chosen_class(names: tuple[str, ...], answer: int) -> int:
    """Return the class to explain."""
    asked = OneOf("classify.class", (ANSWER, *names)).value()
    return answer if asked == ANSWER else names.index(asked)


def tell(snapshot: Snapshot, pixels: NDArray[np.uint8], class_index: int, name: str) -> None:
    """Say how the chosen method works, and what is known to go wrong with it."""
    method = chosen_method().value()
    with lesson.details("How the answer is explained"):
        how = cached.explanation(method, snapshot, pixels.tobytes(), class_index).how.format(answer=name)
        lesson.note(f"{how} {METHODS[method].weakness}")


def compare(snapshot: Snapshot, pixels: NDArray[np.uint8], class_index: int, name: str) -> None:
    """Draw what every method says, and beside it what it says of a network that has learned nothing."""
    with st.expander(f"All {len(METHODS)} methods side by side", key="classify.methods", on_change="rerun") as details:
        if not details.open:
            return
        learned, fresh = _heats(snapshot, pixels, class_index)
        st.markdown(f"What each of them finds for “{lesson.plain(name)}”:")
        _row(pixels, learned, [METHODS[each].title for each in learned], "classify.learned")
        st.markdown("The same methods on the same network before it has learned anything:")
        _row(pixels, fresh, _alike(learned, fresh), "classify.fresh")
        lesson.note(
            "What looks much the same without learning shows the image, not what the network knows. Alike: the rank "
            "correlation of both heats, without their signs; 1 is the same, 0 nothing in common. Sanity checks, "
            "Adebayo et al. 2018."
        )
        lesson.points(*(f"{METHODS[each].title}: {METHODS[each].weakness}" for each in METHODS))


def files(snapshot: Snapshot, pixels: NDArray[np.uint8], class_index: int) -> list[File]:
    """Return all methods' pictures as one: of the network as it is, and below it before it has learned anything."""

    def draw() -> NDArray[np.uint8]:
        learned, fresh = _heats(snapshot, pixels, class_index)
        captions = [*(METHODS[each].title for each in learned), *_alike(learned, fresh)]
        overlays = [heat_overlay(pixels, heat) for heats in (learned, fresh) for heat in heats.values()]
        return sheet(np.stack(overlays), captions, len(METHODS))

    return [picture(f"All {len(METHODS)} methods, and without learning", "methods", draw)]


def _heats(snapshot: Snapshot, pixels: NDArray[np.uint8], class_index: int) -> tuple[_Heats, _Heats]:
    """Every method's heat, of the network as it is and of one that has learned nothing."""
    whole, architecture = pixels.tobytes(), snapshot.architecture
    learned = {each: cached.explanation(each, snapshot, whole, class_index).heat for each in METHODS}
    fresh = {each: cached.untrained_explanation(each, architecture, whole, class_index).heat for each in METHODS}
    return learned, fresh


def _alike(learned: _Heats, fresh: _Heats) -> list[str]:
    return [f"{signed(sanity.similarity(learned[each], fresh[each]), '.2f')} alike" for each in learned]


def _row(pixels: NDArray[np.uint8], heats: _Heats, captions: list[str], key: str) -> None:
    overlays = np.stack([heat_overlay(pixels, heat) for heat in heats.values()])
    alts = [f"{METHODS[each].title}: {text}" for each, text in zip(heats, captions, strict=True)]
    layout: Layout = {"columns": len(heats), "phone_columns": 3, "cell": "11rem"}
    mosaic(overlays, key=key, captions=captions, alts=alts, selectable=False, **layout)
