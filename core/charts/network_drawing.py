"""A network drawn to scale, as SVG: what flows between its layers, in true proportions."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_WIDE = 1000
"""Units the whole drawing should take; a long network takes more and is scrolled."""
_LARGEST, _SMALLEST = 4.6, 2.0
"""Units one image pixel may take."""
_CHANNEL = (0.24, -0.17)
"""Step of one channel to the right and up, as a share of one pixel."""
_FOLD = 32
"""Vectors are folded into columns of this many values, so that one value is as large as one pixel."""
_EYE = (0.55, 0.4)
"""Where on every face the chain of windows passes, as a share of its width and height."""
_GAP, _LETTER, _LINE, _MARGIN = 14, 8.0, 18, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What one layer hands to the next.

    Attributes:
        title: the layer that makes it, for example "Conv 3 x 3".
        shape: (height, width, channels) of feature maps, or (units,) of a vector.
        layer: position of that layer in the network; -1 is the input.
        window: (height, width) of the window that slides over the volume before, if one does.
        learned: whether that layer has parameters.
        remarks: layers that follow and keep the shape, for example "ReLU".
        skips: whether a shortcut leads around that layer.
    """

    title: str
    shape: tuple[int, ...]
    layer: int
    window: tuple[int, int] | None = None
    learned: bool = False
    remarks: tuple[str, ...] = ()
    skips: bool = False


@dataclass(frozen=True, slots=True)
class _Box:
    """A volume with its place: the front face's left edge and top, its extent, and how far it reaches back."""

    volume: Volume
    x: float
    y: float
    width: float
    height: float
    back: tuple[float, float]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.volume.title, _shape_text(self.volume.shape), *self.volume.remarks


def draw(volumes: Sequence[Volume], *, picture: str = "") -> str:
    """Draw volumes from left to right, heights, widths and channels in the same proportion for all.

    Args:
        volumes: the input first, then one per layer that changes the shape.
        picture: data URI of the image shown on the input's face, or nothing.

    Returns:
        An SVG element that follows the page's colors (`--st-primary-color` and its like). Every volume is a group
        of class "volume" with the attribute `data-layer`.
    """
    pixel = _pixel_size(volumes)
    boxes, width = _placed(volumes, pixel)
    top = min(box.y + box.back[1] - 22 * box.volume.skips for box in boxes) - _MARGIN
    bottom = max(box.y + box.height for box in boxes)
    rows = max(len(box.labels) for box in boxes)
    height = bottom - top + rows * _LINE + 14
    parts = [_box(box, picture if box.volume.layer < 0 else "", pixel) for box in boxes]
    parts += [_flow(before, after, pixel) for before, after in pairwise(boxes)]
    parts += [_labels(box, bottom) for box in boxes]
    return (
        f'<svg class="network" viewBox="0 {top:.1f} {width:.1f} {height:.1f}" role="img" '
        f'style="--natural-width:{width:.0f}px" aria-label="{html.escape(describe(volumes))}">{"".join(parts)}</svg>'
    )


def describe(volumes: Sequence[Volume]) -> str:
    """Say in words what `draw` shows.

    >>> describe([Volume(title="input", shape=(32, 32, 3), layer=-1), Volume(title="Flatten", shape=(3072,), layer=0)])
    'The network to scale: input 32 × 32 × 3, then Flatten 3,072.'
    """
    return "The network to scale: " + ", then ".join(f"{v.title} {_shape_text(v.shape)}" for v in volumes) + "."


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{n:,}" for n in shape)


def _pixel_size(volumes: Sequence[Volume]) -> float:
    """The largest pixel with which everything fits into the wide drawing."""
    size = _LARGEST
    while size > _SMALLEST and _placed(volumes, size)[1] > _WIDE:
        size -= 0.1
    return size


def _extent(shape: tuple[int, ...], pixel: float) -> tuple[float, float, tuple[float, float]]:
    """Width and height of the front face, and the way from it to the back face."""
    if len(shape) == 1:
        return -(-shape[0] // _FOLD) * pixel, min(shape[0], _FOLD) * pixel, (0.0, 0.0)
    height, width, channels = shape
    return width * pixel, height * pixel, (channels * pixel * _CHANNEL[0], channels * pixel * _CHANNEL[1])


def _placed(volumes: Sequence[Volume], pixel: float) -> tuple[list[_Box], float]:
    """Every volume on the center line at its place, and the width of all."""
    boxes, left = [], float(_MARGIN)
    for volume in volumes:
        width, height, back = _extent(volume.shape, pixel)
        texts = (volume.title, _shape_text(volume.shape), *volume.remarks)
        slot = max(width + back[0], max(map(len, texts)) * _LETTER)
        x = left + (slot - width - back[0]) / 2
        boxes.append(_Box(volume, x, -height / 2 - back[1] / 2, width, height, back))
        left += slot + _GAP
    return boxes, left - _GAP + _MARGIN


def _box(box: _Box, picture: str, pixel: float) -> str:
    x, y, w, h, (right, up) = box.x, box.y, box.width, box.height, box.back
    kind = "learned" if box.volume.learned else "plain"
    parts = []
    if right:
        top = _polygon((x, y), (x + right, y + up), (x + w + right, y + up), (x + w, y))
        side = _polygon((x + w, y), (x + w + right, y + up), (x + w + right, y + h + up), (x + w, y + h))
        parts += [f'<polygon class="top" points="{top}"/>', f'<polygon class="side" points="{side}"/>']
    units = box.volume.shape[0]
    if len(box.volume.shape) == 1 and units > _FOLD and units % _FOLD:
        full = units // _FOLD * pixel
        parts.append(_rectangle(x, y, full, h))
        parts.append(_rectangle(x + full, y, pixel, units % _FOLD * pixel))
    else:
        parts.append(_rectangle(x, y, w, h))
    if picture:
        parts.append(f'<image href="{picture}" x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"/>')
    if box.volume.skips:
        parts.append(_shortcut(box))
    return f'<g class="volume {kind}" data-layer="{box.volume.layer}">{"".join(parts)}</g>'


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="front" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _polygon(*points: tuple[float, float]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _shortcut(box: _Box) -> str:
    """The arc of a residual block: from before the volume over it to its end."""
    start, end = box.x - _GAP * 0.7, box.x + box.width + box.back[0] + 4
    above = box.y + box.back[1] - 22
    curve = (
        f"M{start:.1f} {box.y:.1f} C{start:.1f} {above:.1f} {end:.1f} {above:.1f} {end:.1f} {box.y + box.back[1]:.1f}"
    )
    return f'<path class="skip" d="{curve}"/>'


def _flow(before: _Box, after: _Box, pixel: float) -> str:
    """The window on the volume before, and how it leads to one value of the volume after; or a plain arrow."""
    start = before.x + before.width + before.back[0]
    if after.volume.window is None:
        return f'<line class="flow" x1="{start + 4:.1f}" y1="0" x2="{after.x - 4:.1f}" y2="0"/>'
    height, width = (n * pixel for n in after.volume.window)
    eye = (before.x + before.width * _EYE[0], before.y + before.height * _EYE[1])
    x = min(max(eye[0] - width / 2, before.x), before.x + before.width - width)
    y = min(max(eye[1] - height / 2, before.y), before.y + before.height - height)
    target = (after.x + after.width * _EYE[0], after.y + after.height * _EYE[1])
    corners = ((x + width, y), (x + width, y + height))
    lines = "".join(
        f'<line class="cone" x1="{cx:.1f}" y1="{cy:.1f}" x2="{target[0]:.1f}" y2="{target[1]:.1f}"/>'
        for cx, cy in corners
    )
    return (
        f'<rect class="window" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>{lines}'
        f'<circle class="target" cx="{target[0]:.1f}" cy="{target[1]:.1f}" r="2.2"/>'
    )


def _labels(box: _Box, bottom: float) -> str:
    middle = box.x + (box.width + box.back[0]) / 2
    lines = "".join(
        f'<text class="{"title" if row == 0 else "shape" if row == 1 else "remark"}" x="{middle:.1f}" '
        f'y="{bottom + (row + 1) * _LINE:.1f}">{html.escape(text)}</text>'
        for row, text in enumerate(box.labels)
    )
    return f'<g class="labels" data-layer="{box.volume.layer}">{lines}</g>'
