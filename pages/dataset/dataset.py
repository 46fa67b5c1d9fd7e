"""Dataset: what a network gets to see, image by image and number by number."""

import streamlit as st

from core import cached
from core.charts.bars import bars
from core.config import CHANNELS, WHITE, SplitName
from core.data import browsing
from core.data.dataset import Dataset, Split
from pages.dataset import browser, takehome
from pages.shared import lesson
from pages.shared.closeup import Pane, closeup
from pages.shared.mosaic import mosaic
from pages.shared.sidebar import current
from pages.shared.takehome import take_home

CELL = "clamp(5.4rem, (100vh - 17.5rem) / 5, 10rem)"  # five rows fill the window, whatever its height


def draw_mosaic(dataset: Dataset, split: Split, shown: list[int], position: int) -> None:
    """Draw one page of images with their class names."""
    names = [dataset.class_names[split.labels[place]] for place in shown]
    mosaic(
        split.images[shown],
        key="dataset.mosaic",
        captions=names,
        alts=[f"image {split.indices[place]}: {name}" for place, name in zip(shown, names, strict=True)],
        selected=shown.index(position) if position in shown else None,
        cell=CELL,
    )


def draw_closeup(dataset: Dataset, split: Split, position: int) -> None:
    """Draw one image large, with its channels and the numbers they consist of."""
    pixels, label = split.images[position], int(split.labels[position])
    name = dataset.class_names[label]
    panes = [
        Pane(title=f"{name}, label {label}", picture=pixels, values=pixels, names=CHANNELS, divisor=WHITE, alt=name)
    ]
    for channel, color in enumerate(CHANNELS):
        values = pixels[..., channel]
        title, alt = f"{channel}: {color}", f"the {color} channel of this {name}"
        panes.append(Pane(title=title, picture=values, values=values, names=(color,), alt=alt))
    closeup(panes, key="dataset.closeup", usual=(14, 16))


def draw_balance(dataset: Dataset, split: Split, split_name: SplitName) -> None:
    """Draw how many images of each class there are."""
    lesson.heading("Class balance", f"{len(split):,} images in the {split_name} split, by class.")
    counts = browsing.class_counts(split, len(dataset.class_names))
    texts = [f"{count:,}" for count in counts]
    st.html(bars(dataset.class_names, counts / max(1, counts.max()), texts, label="Images of each class"))


def draw_normalization(dataset: Dataset, split_name: SplitName) -> None:
    """Draw what division by 255 makes of the three channels."""
    lesson.heading("Normalization", "Divided by 255, every number lies between 0 and 1.")
    statistics = cached.channel_statistics(dataset.name, split_name)
    texts = [f"{mean:.3f} ± {spread:.3f}" for mean, spread in zip(statistics.means, statistics.spreads, strict=True)]
    st.html(bars(CHANNELS, statistics.means, texts, label="Mean and standard deviation of each channel"))
    lesson.note(
        "Mean ± standard deviation after the division, over every pixel of the split. "
        "NumPy turns uint8 into float64 by dividing; the network computes in float32."
    )


dataset = current().dataset
lesson.opening("Dataset", "What does a network see? 32 × 32 pixels, three numbers each, and a label.")
left, right = st.columns([11, 9], gap="medium")
with right:
    picker, shown = browser.choose(dataset)
    split_name, split = picker.split_name, picker.split
    draw_closeup(dataset, split, picker.position)
with left:
    draw_mosaic(dataset, split, shown, picker.position)
lesson.insight("To the network a picture is three tables of numbers: index 0 is red, 1 is green, 2 is blue.")
take_home("dataset.home", lambda: takehome.offer(dataset, split_name, shown, picker.position))
lesson.note(f"{dataset.origin} {dataset.about.remark}".rstrip())
for sentence in dataset.left_out:
    lesson.note(sentence)

lesson.heading("As the tutorial prints it")
st.code(browsing.printed(dataset), language=None)
lesson.note(dataset.about.tutorial_note)
left, right = st.columns(2, gap="large")
with left:
    draw_balance(dataset, split, split_name)
with right:
    draw_normalization(dataset, split_name)
