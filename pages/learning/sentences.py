"""What there is to take away of each view."""

import math

from core import cached
from core.charts.bars import percent
from core.model.layers.activations import ACTIVATION_TITLES
from core.model.structure.architecture import Architecture
from core.model.structure.weights import Weight
from core.training.studies.landscape import Landscape
from pages.learning.back import shown_layers, strengths
from pages.learning.setting import Setting, usual_picker
from pages.learning.step import STEPS

_HANDS_ON = {
    "MaxPooling2D": "max pooling hands it to each window’s winner",
    "GlobalMaxPooling2D": "max pooling hands it to each window’s winner",
    "AveragePooling2D": "average pooling divides it evenly in each window",
    "GlobalAveragePooling2D": "average pooling divides it evenly in each window",
    "ReLU": "ReLU lets it pass where it was not zero",
    "GELU": "GELU multiplies it by its own slope",
    "SiLU": "SiLU multiplies it by its own slope",
}
"""What is done to a slope, by the kind of a layer or the title of its activation."""


def step_taken(setting: Setting, rate: float, weight: Weight) -> str:
    """Say what one step of all weights does to the loss, and what the chosen weight's alone does."""
    course = cached.course(setting.snapshot, setting.batch, rate, STEPS, weight)
    before, after = course.losses[:2]
    if not after < before:
        return (
            "The slope says which way is down, not how far: at this rate one step overshoots, and the loss rises from "
            f"{before:.4f} to {after:.4f}. Choose a smaller rate."
        )
    digits, fall = max(4, 1 - math.floor(math.log10(before - after))), before - course.alone[0]
    part = f"by {fall:.4f}" if fall >= 0.0001 else "by less than 0.0001"
    return (
        f"One step against the slope takes the loss from {before:.{digits}f} to {after:.{digits}f}; this weight alone "
        f"would lower it {part}. No single weight matters much: all of them together do."
    )


def back_traveled(setting: Setting) -> str:
    """Say how much of the slope reaches the first layer, and how many of its filters learn nothing from this image."""
    found, first = cached.way_back(setting.snapshot, setting.batch), shown_layers(setting.snapshot)[0]
    slopes = found.sum_slopes[first.name]
    share, idle = float((slopes != 0).mean()), int((strengths(setting, first.name) == 0).sum())
    learn = "learns" if idle == 1 else "learn"
    idle_words = f", and {idle} of its {first.shape[-1]} filters {learn} nothing from it" if idle else ""
    return (
        f"Backpropagation: the slope goes back the way the image came. {handed_on(setting.snapshot.architecture)}"
        f"{percent(share)} of {first.name}’s numbers get one{idle_words}."
    )


def handed_on(architecture: Architecture) -> str:
    """Say what a network's poolings and activations do to the slope.

    >>> handed_on(Architecture.strong())
    'Max pooling hands it to each window’s winner, SiLU multiplies it by its own slope. '
    """
    layers = [row.layer for row in architecture.rows()]
    inside = {ACTIVATION_TITLES.get(each.activation_inside or "") for each in layers}
    met = {each.kind for each in layers} | {each.label for each in layers} | inside
    words = ", ".join(dict.fromkeys(words for name, words in _HANDS_ON.items() if name in met))
    return f"{words[0].upper()}{words[1:]}. " if words else ""


def landscape_seen(found: Landscape) -> str:
    """Say how far down the run went, and what the three make of the same ground."""
    return (
        f"The run went from {found.path_losses[0]:.2f} down to {found.path_losses[-1]:.2f}. Plain steps slow down "
        "where it is flat, momentum gathers speed and overshoots, Adam’s steps hardly depend on how steep it is."
    )


def as_it_answers(setting: Setting) -> str:
    """Say how the network computes here."""
    stand_in = usual_picker(setting.dataset).stand_in()
    return (
        "The network computes as it answers: normalization by its stored statistics, no dropout, no augmentation. "
        f"Nothing is saved: the snapshot stays as it is. {stand_in}"
    )
