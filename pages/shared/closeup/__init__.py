"""One picture in close-up: point at a pixel and read its numbers, in every pane at the same place."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE
from pages.shared.choices import Coded
from pages.shared.component import component
from pages.shared.told import items, number, told

_HEIGHT, _WIDTH = IMAGE_SHAPE[:2]
_PIXELS = {f"{row}.{column}": (row, column) for row in range(_HEIGHT) for column in range(_WIDTH)}

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


def closeup(
    panes: Sequence[Pane], *, key: str, usual: tuple[int, int] = (_HEIGHT // 2, _WIDTH // 2), read: Sequence[int] = (0,)
) -> None:
    """Draw the first pane large with a magnifier of its numbers beside it, the others small below.

    Args:
        panes: pictures of the same image; their sizes may differ, the pointer marks the same relative place.
        usual: row and column of the image's pixel that is marked at first.
        read: the panes whose numbers the sentence under the pictures gives.
    """
    choice = Coded(f"{key.partition('.')[0]}.pixel", _pixel, writes="{0[0]}.{0[1]}".format, usual=usual)
    row, column = choice.value()
    at = [(row + 0.5) / _HEIGHT, (column + 0.5) / _WIDTH]
    data = {"panes": [_packed(pane) for pane in panes], "at": at, "read": list(read)}
    _component(key=key, data=data, on_at_change=lambda: _point(key, choice))


def _pixel(text: str) -> tuple[int, int]:
    if text not in _PIXELS:
        raise ValueError(f"Expected row and column, from 0.0 to {_HEIGHT - 1}.{_WIDTH - 1}.")
    return _PIXELS[text]


def _point(key: str, choice: Coded) -> None:
    """Take over the place that the browser tells, in shares of height and width."""
    down, across = (number(share, 0, 0.9999) for share in items(told(key, "at"), 2))
    if down is not None and across is not None:
        choice.choose((int(down * _HEIGHT), int(across * _WIDTH)))


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
