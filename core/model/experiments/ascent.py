"""The picture that excites a filter most, found by climbing the slope of its response by the pixels.

Olah, Mordvintsev and Schubert, "Feature Visualization", Distill, 2017. Free pixels find high frequencies that no image
holds. The smooth climb takes its steps the way natural images vary, the article's "preconditioning": in the Fourier
basis, as if frequency f were scaled by 1 / f, and red, green and blue move together; and it shakes the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, WHITE
from core.model.inference.background import Work
from core.model.structure.trace import LayerRow

if TYPE_CHECKING:
    from core.model.inference.networks import Network

STEPS = 128
_AT_ONCE = 8
_RATE, _NOISE, _SEED = 0.25, 0.1, 0
"""In logits of the pixels: sigmoid keeps them within 0..1."""

_COLORS = np.array([[0.194, 0.119, 0.092], [0.119, 0.173, 0.124], [0.092, 0.124, 0.211]])
"""The root of the covariance of red, green and blue, of the first 10,000 training images of CIFAR-10."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Climbed:
    """The way to a picture that excites a filter.

    Attributes:
        pictures: uint8 (STEPS + 1, height, width, 3), before the first step and after each.
        values: float32 (STEPS + 1,), what comes out of the layer at `row` and `column` for these pictures.
        row, column: the place in the middle of the map.
    """

    pictures: NDArray[np.uint8]
    values: NDArray[np.float32]
    row: int
    column: int


class Ascent(Work[Climbed]):
    """A climb, computed while somebody looks; the same for everybody.

    Args:
        make: called in the background at every step; returns the network, which one that rests does not hold.
        feature: which of its filters, from 0.
        smooth: whether to climb where natural images vary.

    Raises:
        BusyError: too many others are under way.
    """

    nbytes = (STEPS + 1) * int(np.prod(IMAGE_SHAPE))

    def __init__(self, make: "Callable[[], Network]", row: LayerRow, feature: int, *, smooth: bool) -> None:
        height, width, _ = row.output_shape
        self._make, self._smooth = make, smooth
        self._at = (row.name, height // 2, width // 2, feature)
        shake = shaken_by(row) if smooth else 0
        random = np.random.default_rng(_SEED)
        self._logits = preconditioned(random.normal(0, _NOISE, IMAGE_SHAPE), smooth=smooth)
        self._shifts = random.integers(-shake, shake + 1, (STEPS, 2))
        self._pictures = [_whole(self._logits)]
        self._values = np.zeros(0, np.float32)
        super().__init__(STEPS)

    def _step(self) -> int:
        from core.model.inference.map_slopes import Spot, slope_at, values_at

        network, spot = self._make(), Spot(*self._at)
        logits, pictures = self._logits, list(self._pictures)
        for by in self._shifts[self.count : self.count + _AT_ONCE]:
            pixels = _pixels(logits)
            slope = np.roll(slope_at(network, spot, np.roll(pixels, by, (0, 1))), -by, (0, 1))
            logits = climbed(logits, slope * pixels * (1 - pixels), smooth=self._smooth)
            pictures.append(_whole(logits))
        if self.count + _AT_ONCE >= STEPS:
            self._values = values_at(network, spot, np.stack(pictures) / WHITE)
        self._logits, self._pictures = logits, pictures  # all or nothing: the network may be too busy in between
        return _AT_ONCE

    def _found(self) -> Climbed:
        _, row, column, _ = self._at
        return Climbed(pictures=np.stack(self._pictures), values=self._values, row=row, column=column)


def shaken_by(row: LayerRow) -> int:
    """Return by up to how many pixels the smooth climb shakes the picture: fewer where a layer's filters see fewer."""
    return min(2, row.receptive_field // 8)


def climbed(logits: NDArray[np.float64], slope: NDArray[np.floating], *, smooth: bool) -> NDArray[np.float64]:
    """Return the logits of pixels (height, width, 3) after a step along their slope; the largest moves by the rate."""
    step = preconditioned(slope, smooth=smooth)
    return logits + _RATE * step / (np.abs(step).max() or 1.0)


def preconditioned(values: NDArray[np.floating], *, smooth: bool) -> NDArray[np.float64]:
    """Return (height, width, 3) with frequency f weighted by 1 / f² and colors mixed; as it is if not smooth.

    A slope by coefficients that are scaled by 1 / f moves the pixels so: scaled once as a slope, once as a step.
    """
    if not smooth:
        return np.asarray(values, np.float64)
    height, width, _ = values.shape
    across, down = np.fft.rfftfreq(width), np.fft.fftfreq(height)[:, np.newaxis]
    lowest = 1 / max(height, width)
    weights = (lowest / np.maximum(np.hypot(across, down), lowest)) ** 2
    spectrum = np.fft.rfft2(values @ _COLORS, axes=(0, 1))
    return np.fft.irfft2(spectrum * weights[..., np.newaxis], (height, width), axes=(0, 1))


def _pixels(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logits))


def _whole(logits: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.rint(WHITE * _pixels(logits)).astype(np.uint8)
