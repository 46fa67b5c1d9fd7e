"""The state of CIFAR-10 in the sidebar: progress of its download, cancel, and the offer to switch over."""

from collections.abc import Callable

import streamlit as st

from core.data import registry
from core.data.download import Progress
from core.data.sets.cifar10 import ABOUT
from core.duration import duration
from core.services import services

_PREPARING = "CIFAR-10: preparing 60,000 images"


def draw(shown: str, switch: Callable[[str], None]) -> None:
    """Draw where CIFAR-10 stands, unless the visitor looks at all of it already.

    Args:
        shown: name of the data set the visitor looks at.
        switch: called with the name of all of CIFAR-10 when the visitor wants to see it.
    """
    if shown == ABOUT.name:
        return
    if _is_busy():
        _watch()
    else:
        _draw_result(shown, switch)


def _is_busy() -> bool:
    return services().download.progress().is_running or _row().is_preparing


def _row() -> registry.Row:
    return registry.row(ABOUT.name)


@st.fragment(run_every=1.0)
def _watch() -> None:
    if not _is_busy():
        st.rerun()
    progress = services().download.progress()
    if progress.is_running:
        _draw_running(progress)
    else:
        st.progress(0.0, text=_PREPARING)


def _draw_result(shown: str, switch: Callable[[str], None]) -> None:
    progress = services().download.progress()
    if _row().is_at_hand:
        if registry.row(shown).about.stands_in_for == ABOUT.name:
            st.caption("All 60,000 images of CIFAR-10 are here.")
            st.button(
                "Show all of CIFAR-10", key="download.switch", on_click=switch, args=(ABOUT.name,), width="stretch"
            )
    elif progress.state in ("failed", "cancelled"):
        st.caption(_row().problem or progress.message or "The download of CIFAR-10 was canceled.")
        st.button("Try again", key="download.start", on_click=services().download.start, width="stretch")
    elif message := _row().problem or progress.message:
        st.caption(message)


def _draw_running(progress: Progress) -> None:
    if progress.state == "downloading" and progress.bytes_total:
        done, total = progress.bytes_done / 1e6, progress.bytes_total / 1e6
        left = f", {duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
        text = f"CIFAR-10: {done:.0f} of {total:.0f} MB ({done / total:.0%}){left}"
    else:
        text = {
            "downloading": "CIFAR-10: connecting",
            "verifying": "CIFAR-10: checking what arrived",
            "converting": _PREPARING,
        }[progress.state]
    st.progress(progress.fraction or 0.0, text=text)
    st.button("Cancel", key="download.cancel", on_click=services().download.cancel, width="stretch")
