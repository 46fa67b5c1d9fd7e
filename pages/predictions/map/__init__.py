"""A map of images to point at, to click on and to draw a line around some of them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import addressed
from core.charts.dots import COLORS
from core.model.quality.answers import Answers
from pages.shared.component import component
from pages.shared.told import ignore, number, told, whole

MOST_CORNERS = 24
_FULL = 100

_component = component(__file__)


@dataclass(frozen=True, slots=True)
class Lasso:
    """A closed line around some places.

    Attributes:
        corners: x, y of each corner, whole numbers from -100 to 100: the edges of the map.
    """

    corners: tuple[int, ...] = ()

    def holds(self, places: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return which places (n, 2), both axes within -1..1, lie inside: those with an odd number of edges beside."""
        x, y = (_FULL * places).T
        corners = np.array(self.corners, float).reshape(-1, 2)
        inside = np.zeros(len(places), bool)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
            if y0 != y1:
                inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        return inside

    @property
    def text(self) -> str:
        """The corners as an address has them."""
        return "_".join(map(str, self.corners))

    @classmethod
    def from_text(cls, text: str) -> "Lasso":
        """Build from `text`.

        Raises:
            ValueError: it is nothing that `text` returns.
        """
        try:
            corners = tuple(addressed.whole(part, -_FULL, _FULL) for part in text.split("_")) if text else ()
        except ValueError:
            corners = (0,)
        if not _fits(corners):
            raise ValueError(f"Expected 3 to {MOST_CORNERS} corners of whole numbers from -{_FULL} to {_FULL}.")
        return cls(corners)


def _fits(corners: Sequence[int]) -> bool:
    many = not corners or 6 <= len(corners) <= 2 * MOST_CORNERS
    return many and not len(corners) % 2 and all(abs(each) <= _FULL for each in corners)


def draw_map(
    places: NDArray[np.float32], answers: Answers, names: Sequence[str], *, key: str, images: str, **shown: object
) -> None:
    """Draw the map; `drawn_lasso` and `picked` tell what was done on it.

    Args:
        places: (n, 2), both axes within -1..1.
        answers: n, whose true classes color the places.
        images: address of the images, relative to the pages; position and ".png" follow.
        shown: `lasso`, the corners of what is drawn around; `chosen`, the position of an image.
    """
    columns = {
        "places": np.rint(places * 10_000).astype("<i2"),
        "labels": answers.labels.astype(np.uint8),
        "predicted": answers.predicted.astype(np.uint8),
        "confidence": np.floor(answers.confidence * 100).astype(np.uint8),
    }
    packed = {name: base64.b64encode(each.tobytes()).decode() for name, each in columns.items()}
    data = {**packed, "names": list(names), "images": images, "corners": MOST_CORNERS, "colors": COLORS, **shown}
    _component(key=key, data=data, on_lasso_change=ignore, on_picked_change=ignore)


def drawn_lasso(key: str) -> Lasso | None:
    """Return the line whose drawing caused this run of the script, without corners where it was taken away, or None."""
    sent = told(key, "lasso")
    if not isinstance(sent, list) or len(sent) > 2 * MOST_CORNERS:
        return None
    found = [number(each, -_FULL, _FULL) for each in sent]
    corners = tuple(round(each) for each in found if each is not None)
    return Lasso(corners) if len(corners) == len(sent) and _fits(corners) else None


def picked(key: str, count: int) -> int | None:
    """Return the position, below `count`, of the image whose click caused this run of the script, else None."""
    return whole(told(key, "picked"), below=count) if count else None
