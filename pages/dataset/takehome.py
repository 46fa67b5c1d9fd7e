"""What one takes home of Dataset: the page of images, the chosen one, the counts, and code that shows the same grid."""

import json

import numpy as np

from core import cached
from core.charts.contact_sheet import magnified
from core.charts.table import as_csv
from core.config import CHANNELS, SplitName
from core.data import browsing
from core.data.dataset import Dataset
from core.training.export.loading import loading_code
from pages.shared.takehome import File, Offer, picture, sheet

COLUMNS = 5
ENLARGED = 1024


def offer(dataset: Dataset, split_name: SplitName, shown: list[int], position: int) -> Offer:
    """Return what there is.

    Args:
        dataset: whose images.
        split_name: which split.
        shown: positions of the images of the grid.
        position: of the chosen image.
    """
    split, names = dataset.split(split_name), dataset.class_names
    captions = [names[split.labels[place]] for place in shown]
    pixels = np.asarray(split.images[position])
    one, stem = f"{dataset.name}-{split_name}-{split.indices[position]}", f"{dataset.name}-{split_name}"
    grid = picture("The grid", f"{stem}-grid", lambda: sheet(np.asarray(split.images[shown]), captions, COLUMNS))
    counts = browsing.class_counts(split, len(names)).tolist
    return Offer(
        files=[
            *([grid] if shown else []),
            picture("The image, 32 × 32", one, lambda: pixels),
            picture(f"The image, {ENLARGED} × {ENLARGED}", f"{one}-large", lambda: magnified(pixels, ENLARGED)),
            File("Images of each class", f"{stem}-classes.csv", lambda: as_csv({"class": names, "images": counts()})),
            File("Mean and spread of each channel", f"{stem}-channels.csv", lambda: channels_csv(dataset, split_name)),
        ],
        code=code(dataset, split_name, shown) if shown else "",
    )


def channels_csv(dataset: Dataset, split_name: SplitName) -> str:
    """Return mean and standard deviation of the channels of a split, divided by 255."""
    statistics = cached.channel_statistics(dataset.name, split_name)
    return as_csv({
        "channel": CHANNELS,
        "mean": statistics.means.tolist(),
        "standard deviation": statistics.spreads.tolist(),
    })  # fmt: skip


def code(dataset: Dataset, split_name: SplitName, shown: list[int]) -> str:
    """Return Python that draws the grid: `grid`, uint8 (n, 32, 32, 3), and `words`, the n class names."""
    prefix = "" if split_name == "train" else "test_"
    loading = loading_code(dataset.about, "from PIL import Image")
    return f"""{loading}

class_names = {json.dumps(dataset.class_names, ensure_ascii=False)}
shown = {dataset.split(split_name).indices[shown].tolist()}
grid = {prefix}images[shown]  # uint8 (n, 32, 32, 3)
words = [class_names[label] for label in {prefix}labels[shown]]
print(words)

rows = -(-len(grid) // {COLUMNS})
cells = np.full((rows * {COLUMNS}, 32, 32, 3), 255, np.uint8)
cells[: len(grid)] = grid
whole = cells.reshape(rows, {COLUMNS}, 32, 32, 3).swapaxes(1, 2).reshape(rows * 32, {COLUMNS} * 32, 3)
Image.fromarray(whole).save("grid.png")
"""
