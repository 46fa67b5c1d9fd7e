"""The kernel stage: a components-v2 component in plain JavaScript, and what the server knows of it.

The browser computes and draws; Python learns what the visitor settled on. A state travels the other way only when it is
another than the browser told: on the first drawing, from a link, from a click elsewhere on the page.
"""

import base64
import contextlib
import zlib
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.errors import KernelError
from core.ops.named_kernels import KERNELS
from pages.kernels.picture import StageImage, misfit
from pages.kernels.state import NINE, TUTORIAL, StageState, heard, read, write
from pages.shared.choices import Coded
from pages.shared.component import component
from pages.shared.lesson import plain
from pages.shared.told import entries, told, whole

KEY = "kernels.stage"
"""Key of the component."""


def _choice(name: str, usual: StageState) -> Coded:
    return Coded(
        f"{name}.state",
        lambda text: read(text, usual),
        writes=lambda state: write(state, usual),
        name=name,
        usual=usual,
    )


ON_PICTURES, ON_NUMBERS = _choice("kernels.stage", TUTORIAL), _choice("kernels.numbers", NINE)
"""What is set on the stage: on pictures, and on the nine numbers of the worked example."""


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
    """What the server knows of one visitor's stage.

    Attributes:
        state: what is on it.
        sent: what a stage that is drawn anew starts from; resent for no edit, as the picture would travel with it.
        revision: counts the states that did not come from the browser.
        before: what was on it until a click elsewhere on the page set it, so that this can be undone.
    """

    state: StageState = TUTORIAL
    sent: StageState = TUTORIAL
    revision: int = 0
    before: StageState | None = None


def begin() -> None:
    """Let a stage that is drawn anew start from what was set last; call it once in every run of the whole page.

    A stage that is already on the screen goes by the revision and takes no notice.
    """
    memory = _memory()
    memory.sent, memory.before = memory.state, None


def impose(choice: Coded, state: StageState) -> None:
    """Set the stage in place of the visitor, who may undo it; before `stage` draws it."""
    _memory().before = choice.value()
    choice.choose(state)


def stage(picture: StageImage, choice: Coded) -> StageState:
    """Draw the stage with `picture` on it, set as `choice` says; return what the visitor settled on last."""
    memory, state = _memory(), choice.value()
    if complaint := misfit(picture, state):
        st.warning(plain(f"{complaint} “Same” padding is shown instead."))
        state = replace(state, padding="same")
        choice.choose(state)
    if state != memory.state:
        memory.state = memory.sent = state
        memory.revision += 1
    _component(key=KEY, data=_data(picture, memory), on_settled_change=lambda: _hear(choice))
    return state


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault("kernels.memory", _Memory())
    return memory


def _hear(choice: Coded) -> None:
    """Take over what the browser reports, unless it is about a state that has been replaced since."""
    memory, report = _memory(), entries(told(KEY, "settled"))
    if whole(report.get("revision")) != memory.revision:
        return
    with contextlib.suppress(KernelError):
        memory.state = heard(report.get("state"))
        choice.choose(memory.state)


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
    before = memory.before.data() if memory.before else None
    return {"revision": memory.revision, "state": memory.sent.data(), "before": before, "image": image}
