"""A grid of pictures with captions, drawn from one PNG; a click or Enter tells which picture was meant."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from core.charts import png
from pages.shared.component import component
from pages.shared.told import ignore, told, whole

_SPRITE_COLUMNS = 16

_component = component(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """Equally large pictures as one picture.

    Attributes:
        source: its data URI.
        count: how many pictures.
        height, width: of each of them, in pixels.
    """

    source: str
    count: int
    height: int
    width: int


class Layout(TypedDict, total=False):
    """How the pictures of a grid stand.

    Attributes:
        columns: pictures in a row on a wide screen.
        phone_columns: the most pictures in a row on a phone.
        cell: the largest width of one picture with its caption, a CSS length.
        picture: the largest width of the picture alone, where captions need more.
    """

    columns: int
    phone_columns: int
    cell: str
    picture: str


_USUAL: Layout = {"columns": 5, "phone_columns": 4, "cell": "8.5rem", "picture": "100%"}


def sprite_of(images: NDArray[np.uint8]) -> Sprite:
    """Return images uint8 (n, h, w, 3) or (n, h, w) as a sprite: worth remembering where many look at the same ones."""
    count, height, width = images.shape[:3]
    return Sprite(source=png.data_uri(png.sprite(images, _SPRITE_COLUMNS)), count=count, height=height, width=width)


def mosaic(
    images: NDArray[np.uint8] | Sprite,
    *,
    key: str,
    captions: Sequence[str] = (),
    alts: Sequence[str] = (),
    marks: Sequence[str] = (),
    selected: int | None = None,
    selectable: bool = True,
    **layout: Unpack[Layout],
) -> None:
    """Draw images in a grid; `clicked` tells which one was clicked.

    Args:
        images: n pictures, uint8 (n, h, w, 3) or (n, h, w), drawn at native resolution and enlarged crisply.
        captions: n short texts under the pictures, or none.
        alts: n descriptions for people who cannot see them; default: the captions.
        marks: n words out of "right", "wrong" and "": a tick or a cross, told apart by more than color.
        selected: position of the picture drawn as chosen.
        layout: see `Layout`; what is not said is as in `_USUAL`.
    """
    sprite = images if isinstance(images, Sprite) else sprite_of(images)
    data = {
        "sprite": asdict(sprite) | {"columns": _SPRITE_COLUMNS},
        "captions": list(captions),
        "alts": list(alts or captions),
        "marks": list(marks),
        "selected": selected,
        "selectable": selectable,
        "layout": _USUAL | layout,
    }
    _component(key=key, data=data, on_clicked_change=ignore)


def clicked(key: str) -> int | None:
    """Return the position that was clicked in the mosaic `key` and caused this run of the script, else None."""
    return whole(told(key, "clicked"))
