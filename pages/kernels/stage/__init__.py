"""The kernel stage: a components-v2 component in plain JavaScript, and its memory on the server.

The browser computes and draws; Python learns what the visitor settled on as the short text that is also in the URL.
A new state travels the other way only when Python imposes one: on the first drawing, from a link, from a button.
"""

import base64
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.ops.named_kernels import KERNELS
from pages.kernels.picture import StageImage, misfit
from pages.kernels.state import NINE as NINE
from pages.kernels.state import TUTORIAL as TUTORIAL
from pages.kernels.state import StageState, read
from pages.shared.component import component
from pages.shared.lesson import plain
from pages.shared.told import entries, told, whole
from pages.shared.told import text as printable

KEY = "kernels.stage"
"""Key of the component and of its state in the URL; address.js writes the same."""

_REMEMBERED_TEXTS = 30
_LONGEST_TEXT = 4_000


def named_kernels() -> list[dict[str, Any]]:
    """Return the named kernels of core.ops as the component's script takes them."""
    return [
        {
            "name": kernel.name,
            "family": kernel.family,
            "title": kernel.title,
            "sentence": kernel.sentence,
            "turned": kernel.turned,
            "source": kernel.source,
            "weights": {size: kernel.make(size).ravel().tolist() for size in kernel.sizes},
        }
        for kernel in KERNELS.values()
    ]


_component = component(__file__, always={"named": named_kernels()})


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What the server knows of one visitor's stage."""

    state: StageState = TUTORIAL
    text: str = ""
    imposed: StageState = TUTORIAL
    revision: int = 0
    written: deque[str] = field(default_factory=lambda: deque([""], maxlen=_REMEMBERED_TEXTS))


def impose(state: StageState) -> None:
    """Set the stage to `state` when it is drawn next."""
    memory = _memory()
    memory.state = memory.imposed = state
    memory.revision += 1


def begin() -> None:
    """Let a stage that is drawn anew start from what was set last; call it once in every run of the whole page.

    A stage that is already on the screen goes by the revision and takes no notice.
    """
    memory = _memory()
    memory.imposed = memory.state


def current() -> StageState:
    """Return what is set on the stage, as far as the server knows."""
    return _memory().state


def stage(picture: StageImage, *, on_settled: Callable[[], None] = lambda: None) -> StageState:
    """Draw the stage with `picture` on it; return what the visitor settled on last."""
    memory = _memory()
    for complaint in _follow_link(memory):
        st.warning(plain(complaint))
    _follow_browser(memory)
    if complaint := misfit(picture, memory.state):
        st.warning(plain(f"{complaint} “Same” padding is shown instead."))
        impose(replace(memory.state, padding="same"))
    _component(key=KEY, data=_data(picture, memory), on_settled_change=on_settled)
    if st.query_params.get(KEY, "") != memory.text:
        _write(memory.text)
    return memory.state


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault("kernels.memory", _Memory())
    return memory


def _follow_link(memory: _Memory) -> list[str]:
    """Take over a state that stands in the URL and was not written there by this session."""
    asked = st.query_params.get(KEY, "")
    if asked in memory.written:
        return []
    state, complaints = read(asked, memory.state)
    impose(state)
    memory.text = asked if not complaints else ""
    memory.written.append(asked)
    return complaints


def _follow_browser(memory: _Memory) -> None:
    """Take over what the browser reported last, unless it was about a state that has been replaced since."""
    report = entries(told(KEY, "settled"))
    if whole(report.get("revision")) != memory.revision:
        return
    text = printable(report.get("text"), _LONGEST_TEXT)
    if text is None or text == memory.text:
        return
    state, complaints = read(text, memory.state)
    if not complaints:
        memory.state, memory.text = state, text
        memory.written.append(text)


def _write(text: str) -> None:
    if text:
        st.query_params[KEY] = text
    elif KEY in st.query_params:
        del st.query_params[KEY]


def _data(picture: StageImage, memory: _Memory) -> dict[str, Any]:
    pixels = picture.pixels.tobytes()
    height, width, channels = picture.pixels.shape
    encoded = base64.b64encode(pixels).decode()
    image = {
        "id": f"{zlib.crc32(pixels)}-{picture.title}",
        "pixels": encoded,
        "height": height,
        "width": width,
        "channels": channels,
        "unit": picture.unit,
        "high": picture.high,
        "title": picture.title,
    }
    return {"revision": memory.revision, "state": memory.imposed.data(), "defaults": TUTORIAL.data(), "image": image}
