"""One picture in close-up: point at a pixel and read its numbers, in every pane at the same place."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.shared.component import component

_component = component(__file__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pane:
    """One picture and the numbers behind it.

    Attributes:
        title: short text over the picture.
        picture: uint8 (h, w, 3) or (h, w), what is drawn.
        values: numbers (h, w, channels), what is read.
        names: one name a channel, for the sentence under the pictures.
        digits: decimals the numbers are written with.
        divisor: when set, the sentence also gives the numbers divided by it.
        alt: what the picture shows, for people who cannot see it.
    """

    title: str
    picture: NDArray[np.uint8]
    values: NDArray[Any]
    names: tuple[str, ...]
    digits: int = 0
    divisor: float | None = None
    alt: str = ""


def closeup(panes: Sequence[Pane], *, key: str, at: tuple[int, int], read: Sequence[int] = (0,)) -> None:
    """Draw the first pane large with a magnifier of its numbers beside it, the others small below.

    Args:
        panes: pictures of the same scene; their sizes may differ, the pointer marks the same relative place.
        key: the widget's key, "page.name".
        at: row and column of the first pane that is marked at first.
        read: the panes whose numbers the sentence under the pictures gives.
    """
    data = {"panes": [_packed(pane) for pane in panes], "at": list(at), "read": list(read)}
    _component(key=key, data=data)


def _packed(pane: Pane) -> dict[str, Any]:
    picture = pane.picture if pane.picture.ndim == 3 else np.repeat(pane.picture[..., None], 3, axis=-1)
    height, width = picture.shape[:2]
    values = np.asarray(pane.values, np.float32).reshape(height, width, -1)
    return {
        "title": pane.title,
        "alt": pane.alt or pane.title,
        "height": height,
        "width": width,
        "rgb": base64.b64encode(picture.tobytes()).decode(),
        "values": base64.b64encode(values.tobytes()).decode(),
        "names": list(pane.names),
        "digits": pane.digits,
        "divisor": pane.divisor,
    }
