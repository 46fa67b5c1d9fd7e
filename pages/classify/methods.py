"""How the chosen method works; and all methods side by side, with a check of each."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.maps import heat_overlay
from core.charts.numbers import signed
from core.model.experiments import sanity
from core.model.experiments.comparison import Heats
from core.model.explanations import METHODS
from core.training.runs.snapshot import Snapshot
from pages.classify.question import Question
from pages.shared import lesson
from pages.shared.mosaic import Layout, mosaic
from pages.shared.takehome import File, picture, sheet
from pages.shared.waiting import result


def tell(question: Question) -> None:
    """Say how the chosen method works, and what is known to go wrong with it."""
    with lesson.details("How the answer is explained"):
        how = question.explanation.how.format(answer=question.name)
        lesson.note(f"{how} {METHODS[question.method].weakness}")


def compare(question: Question) -> None:
    """Draw what every method says, and beside it what it says of a network that has learned nothing."""
    with st.expander(f"All {len(METHODS)} methods side by side", key="classify.methods", on_change="rerun") as details:
        if not details.open:
            return
        found = result(cached.comparison, *_asked(question), text="Method {count} of {total}.", key="classify.compared")
        if found is None:
            return
        learned, fresh = found
        st.markdown(f"What each of them finds for “{lesson.plain(question.name)}”:")
        _row(question.pixels, learned, [METHODS[each].title for each in learned], "classify.learned")
        st.markdown("The same methods on the same network before it has learned anything:")
        _row(question.pixels, fresh, _alike(learned, fresh), "classify.fresh")
        lesson.note(
            "What looks much the same without learning shows the image, not what the network knows. Alike: the rank "
            "correlation of both heats, without their signs; 1 is the same, 0 nothing in common. Sanity checks, "
            "Adebayo et al. 2018."
        )
        lesson.points(*(f"{METHODS[each].title}: {METHODS[each].weakness}" for each in METHODS))


def side_by_side(question: Question) -> File:
    """Return all methods' pictures as one: of the network as it is, and below it before it has learned anything."""

    def draw() -> NDArray[np.uint8]:
        learned, fresh = cached.comparison(*_asked(question)).result()
        captions = [*(METHODS[each].title for each in learned), *_alike(learned, fresh)]
        overlays = [heat_overlay(question.pixels, heat) for heats in (learned, fresh) for heat in heats.values()]
        return sheet(np.stack(overlays), captions, len(METHODS))

    return picture(f"All {len(METHODS)} methods, and without learning", "methods", draw)


def _asked(question: Question) -> tuple[Snapshot, bytes, int]:
    return question.snapshot, question.pixels.tobytes(), question.class_index


def _alike(learned: Heats, fresh: Heats) -> list[str]:
    return [f"{signed(sanity.similarity(learned[each], fresh[each]), '.2f')} alike" for each in learned]


def _row(pixels: NDArray[np.uint8], heats: Heats, captions: list[str], key: str) -> None:
    overlays = np.stack([heat_overlay(pixels, heat) for heat in heats.values()])
    alts = [f"{METHODS[each].title}: {text}" for each, text in zip(heats, captions, strict=True)]
    layout: Layout = {"columns": len(heats), "phone_columns": 3, "cell": "11rem"}
    mosaic(overlays, key=key, captions=captions, alts=alts, selectable=False, **layout)
