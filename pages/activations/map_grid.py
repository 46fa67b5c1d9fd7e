"""One image and the feature maps a snapshot makes of it, each map with its true range: drawn once for everybody."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts.maps import Scale, enlarge, map_pictures, range_texts
from core.config import IMAGE_SHAPE
from core.training.runs.snapshot import Snapshot
from pages.shared.mosaic import Sprite, mosaic, sprite_of
from pages.shared.takehome import sheet

TUTORIAL_MAPS = 8
_SIDE = 96
_FEW = "clamp(6.4rem, (100vh - 23.9rem) / 3, 14rem)"  # three rows fill the window, whatever its height


@dataclass(frozen=True, slots=True, kw_only=True)
class MapGrid:
    """What is shown; all that the pictures depend on.

    Attributes:
        snapshot: whose maps.
        layer: whose feature maps.
        image: the image's bytes, uint8 (32, 32, 3).
        before: what goes into the layer's activation instead of what comes out.
        scale: one range of brightness a map, or one for the layer.
        limits: lowest and highest value of the one range, shared with what stands beside it.
        signed: blue positive, white zero, orange negative; else gray.
        all_maps: all of them, or the tutorial's eight.
    """

    snapshot: Snapshot
    layer: str
    image: bytes
    before: bool
    scale: Scale
    limits: tuple[float, float]
    signed: bool
    all_maps: bool

    def draw(self, title: str, *, key: str, selected: int | None) -> None:
        """Draw the image and its maps.

        Args:
            title: of the image.
            key: the widget's key, "page.name"; a click tells a position, 0 is the image.
            selected: the feature map drawn as chosen, from 0.
        """
        sprite, limits = _pictures(self)
        mosaic(
            sprite,
            key=key,
            captions=_captions(title, limits),
            alts=[title, *(f"feature map {number}, {limit}" for number, limit in enumerate(limits, start=1))],
            columns=self._columns,
            selected=None if selected is None or selected >= len(limits) else selected + 1,
            cell="5rem" if self.all_maps else _FEW,
        )

    def sheet(self, title: str) -> NDArray[np.uint8]:
        """Return what `draw` draws with its captions, as one picture."""
        tiles, limits = _tiles(self)
        return sheet(tiles, _captions(title, limits), self._columns)

    @property
    def _columns(self) -> int:
        return 6 if self.all_maps else 3


@remembered(48)
def _pictures(grid: MapGrid) -> tuple[Sprite, list[str]]:
    """Return the pictures of `_tiles` as they are sent."""
    tiles, limits = _tiles(grid)
    return sprite_of(tiles), limits


def _tiles(grid: MapGrid) -> tuple[NDArray[np.uint8], list[str]]:
    """Return the pictures, the image first, and each map's true minimum and maximum in words."""
    maps = cached.feature_maps(grid.snapshot, grid.image, grid.before)[grid.layer]  # (h, w, count)
    count = maps.shape[-1] if grid.all_maps else min(TUTORIAL_MAPS, maps.shape[-1])
    pictures = map_pictures(maps, grid.scale, signed=grid.signed, limits=grid.limits)[:count]
    side = len(pictures[0]) * -(-_SIDE // len(pictures[0]))
    image = np.frombuffer(grid.image, np.uint8).reshape(IMAGE_SHAPE)
    return np.stack([enlarge(each, side) for each in (image, *pictures)]), range_texts(maps[..., :count])


def _captions(title: str, limits: list[str]) -> list[str]:
    return [title, *(f"{number}: {limit}" for number, limit in enumerate(limits, start=1))]
