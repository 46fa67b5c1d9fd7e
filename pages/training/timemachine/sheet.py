"""One epoch of the time machine as a drawing to take home: answer, kernels, feature maps, curves, confusion matrix."""

import numpy as np

from core.charts import drawing
from core.charts.bars import largest, percent
from core.charts.confusion import shares
from core.charts.confusion_sheet import MOST_NUMBERED, cell_colors
from core.charts.curve_drawing import COLORS, plot
from core.charts.drawing import Drawing
from core.training.runs.snapshot import Snapshot
from pages.training.timemachine.moment import Moment
from pages.training.timemachine.pictures import kernel_limits, kernel_pixels, map_pixels

WIDTH, HEIGHT = 1100, 620
IMAGE = (20.0, 56.0, 150.0)
"""Left, top and side of the pinned image."""
MAPS = (20.0, 310.0, 84.0)
"""Left and top of the first feature map, and from one to the next; a picture takes four units less."""
MATRIX = (810.0, 310.0, 270.0)
"""Left, top and side of the confusion matrix."""
_COLUMNS = 8


def sheet(moment: Moment) -> Drawing:
    """Draw one moment."""
    paper, run = Drawing(WIDTH, HEIGHT), moment.run
    paper.words(f"{run.title}, epoch {moment.epoch} of {moment.frames.epochs[-1]}", (20, 32), size=18)
    _answer(paper, moment)
    _kernels(paper, moment)
    _maps(paper, moment)
    _curves(paper, moment)
    _confusion(paper, moment)
    return paper


def _answer(paper: Drawing, moment: Moment) -> None:
    left, top, side = IMAGE
    paper.picture(moment.image, (left, top), side, side)
    probabilities, names = moment.frames.probabilities[moment.at], moment.class_names
    for row, place in enumerate(largest(probabilities, moment.label)):
        level, share = top + 17 * row, float(probabilities[place])
        paper.words(names[place][:14], (left + side + 115, level + 12), "end")
        color = drawing.ACCENT if place == moment.label else drawing.QUIET
        paper.box((left + side + 122, level + 2), 110 * share, 11, color)
        paper.words(percent(share), (left + side + 290, level + 12), "end")
    best = int(probabilities.argmax())
    verdict = "right" if best == moment.label else f"in truth {names[moment.label]}"
    paper.words(f"{names[best]} {percent(float(probabilities[best]))}: {verdict}", (left, top + side + 72), size=16)


def _kernels(paper: Drawing, moment: Moment) -> None:
    pictures, (left, top, step) = kernel_pixels(moment.frames.kernels)[moment.at], (500, 56, 28)
    for number, picture in enumerate(pictures[: 7 * _COLUMNS]):
        paper.picture(
            picture, (left + step * (number % _COLUMNS), top + step * (number // _COLUMNS)), step - 2, step - 2
        )
    below = top + step * -(-min(len(pictures), 7 * _COLUMNS) // _COLUMNS) + 16
    paper.words(f"first-layer kernels, ±{kernel_limits(moment.frames.kernels)[moment.at]:.3f}", (left, below))


def _maps(paper: Drawing, moment: Moment) -> None:
    maps, (left, top, step) = moment.frames.maps[moment.at], MAPS
    gray = map_pixels(moment.frames.maps)[moment.at]  # (height, width, maps)
    for number in range(gray.shape[-1]):
        picture = gray[..., number][..., None].repeat(3, axis=-1)
        at = (left + step * (number % _COLUMNS), top + step * (number // _COLUMNS))
        paper.picture(picture, at, step - 4, step - 4)
    below = top + step * -(-gray.shape[-1] // _COLUMNS) + 14
    highs = maps.max(axis=(0, 1))
    paper.words(f"{moment.frames.layer}: its first {gray.shape[-1]} feature maps", (left, below))
    scale = f"black 0 or less, white each map’s own maximum ({highs.min():.2f} to {highs.max():.2f})"
    paper.words(scale, (left, below + 18), color=drawing.QUIET)


def _curves(paper: Drawing, moment: Moment) -> None:
    table, (left, _, side) = moment.run.epoch_table(), MATRIX
    curves = {name: (table["epoch"], table[column]) for name, column in _CURVES.items()}
    axes = plot(paper, curves, edges=(left, left + side, 56, 220), high=1.0)
    paper.line([axes.place(moment.epoch, 0), axes.place(moment.epoch, 1)], drawing.INK)
    row = np.flatnonzero(table["epoch"] == moment.epoch)
    for number, (name, column) in enumerate(_CURVES.items()):
        known = f" {percent(float(table[column][row[0]]))}" if len(row) else ""
        paper.words(f"{name}{known}", (left, 260 + 18 * number), color=COLORS[number])


def _confusion(paper: Drawing, moment: Moment) -> None:
    evaluation = Snapshot(moment.run, moment.epoch).evaluation()
    if evaluation is None:
        return
    (left, top, side), names = MATRIX, moment.class_names
    cell, colors, part = side / len(names), cell_colors(evaluation.confusion), shares(evaluation.confusion)
    for (true, answer), share in np.ndenumerate(part):
        at = (left + cell * answer, top + cell * true)
        paper.box(at, cell - 1, cell - 1, "#" + bytes(colors[true, answer]).hex())
        if len(names) <= MOST_NUMBERED and round(100 * share):
            ink = drawing.PAPER if colors[true, answer].mean() < 110 else drawing.INK
            paper.words(f"{100 * share:.0f}", (at[0] + cell / 2, at[1] + cell / 2 + 5), "middle", color=ink)
    for true, name in enumerate(names):
        size = min(drawing.SIZE, 0.8 * cell)
        paper.words(name[:14], (left - 8, top + cell * (true + 0.5) + 0.35 * size), "end", size=size)
    where = f"true class (row) answered as (column), in % of {evaluation.n:,} images {moment.run.config.data_note}"
    paper.words(where.rstrip(), (left + side, top + side + 22), "end", color=drawing.QUIET)


_CURVES = {"accuracy in validation": "val_accuracy", "in training, as a running average": "accuracy"}
