"""All settings of a recipe but the few in the row: how it steps, what it learns from, how it starts."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.training import augmentation
from core.training.recipes import RANGES, Flip, Optimizer, Precision, Recipe, Schedule, Validation
from pages.shared import lesson
from pages.shared.live.fields import Fields
from pages.shared.mosaic import mosaic

OPTIMIZERS = {"adam": "Adam", "sgd": "SGD with momentum"}
FLIPS = {"none": "no", "random": "at random", "alternating": "every other epoch"}
_VALIDATIONS = {"held-out": "held-out images", "test": "the test images"}
PRECISIONS = {"float32": "single (float32)", "mixed_bfloat16": "half (bfloat16)"}


def choose_the_rest(fields: Fields, recipe: Recipe, dataset: Dataset) -> Recipe:
    """Draw every setting that matters beside what else is chosen; return `recipe` with all of them.

    Raises:
        TrainingError: the numbers make no recipe.
    """
    steps, images, data = st.columns(3, gap="medium")
    with steps, st.container(gap="xxsmall"):
        recipe = replace(recipe, **_steps(fields, recipe))
    with images, st.container(gap="xxsmall"):
        recipe = replace(recipe, **_images(fields, recipe))
        _preview(dataset, recipe)
    with data, st.container(gap="xxsmall"):
        recipe = replace(recipe, **_data(fields, recipe, len(dataset.train)), **_start(fields, recipe))
    return recipe


def _steps(fields: Fields, usual: Recipe) -> dict[str, Any]:
    _group("Steps")
    chosen: dict[str, Any] = {
        "optimizer": fields.option("optimizer", "Optimizer", get_args(Optimizer), usual.optimizer, OPTIMIZERS)
    }
    if chosen["optimizer"] == "sgd":
        chosen["momentum"] = fields.number("momentum", "Momentum", usual.momentum, *RANGES["momentum"])
        chosen["lookahead_steps"] = fields.number(
            "lookahead",
            "Lookahead every, steps",
            usual.lookahead_steps,
            *RANGES["lookahead_steps"],
            whole=True,
            help="Every so many steps the weights are pulled back to a slow copy of themselves; 0 for never.",
        )
        chosen["offset_rate"] = fields.number(
            "offsets",
            "Offsets learn faster, times",
            usual.offset_rate,
            *RANGES["offset_rate"],
            help="What BatchNormalization adds to a channel may learn at a multiple of the learning rate.",
        )
    chosen["schedule"] = fields.option("schedule", "Learning rate over time", get_args(Schedule), usual.schedule)
    if chosen["schedule"] == "one-cycle":
        chosen["warmup"] = fields.number("warmup", "Share of steps it rises", usual.warmup, *RANGES["warmup"])
    chosen["weight_decay"] = fields.number("decay", "Weight decay", usual.weight_decay, *RANGES["weight_decay"])
    chosen["label_smoothing"] = fields.number(
        "smoothing", "Label smoothing", usual.label_smoothing, *RANGES["label_smoothing"]
    )
    return chosen


def _images(fields: Fields, usual: Recipe) -> dict[str, Any]:
    _group("Images")
    return {
        "flip": fields.option("flip", "Mirror left and right", get_args(Flip), usual.flip, FLIPS),
        "shift_pixels": fields.pixels(
            "shift", "Shift by up to, pixels", usual.shift_pixels, int(RANGES["shift_pixels"][1])
        ),
        "cutout_pixels": fields.pixels(
            "cutout", "Blank a square of, pixels", usual.cutout_pixels, int(RANGES["cutout_pixels"][1])
        ),
    }


def _data(fields: Fields, usual: Recipe, most: int) -> dict[str, Any]:
    _group("Data")
    validation = fields.option("validation", "Validate on", get_args(Validation), usual.validation, _VALIDATIONS)
    chosen: dict[str, Any] = {"validation": validation}
    if validation == "held-out":
        chosen["held_out"] = fields.number("held", "Share held out", usual.held_out, *RANGES["held_out"])
        most -= round(most * chosen["held_out"])
    else:
        lesson.note("As in the tutorial; choosing by test images flatters the choice.")
    at_hand = min(usual.training_images or most, most)
    images = fields.count("images", "Training images", at_hand if at_hand < most else None, min(100, most), most)
    return chosen | {"training_images": images}


def _start(fields: Fields, usual: Recipe) -> dict[str, Any]:
    _group("Start and precision")
    whitening = fields.switch(
        "whitening", "Whitened start", usual.whitening,
        "The first convolution starts from filters that decorrelate patches of the training images, not at random.",
    )  # fmt: skip
    kept = whitening and fields.switch(
        "keep", "Keep those filters", usual.keep_whitening, "Of the first convolution only the biases learn."
    )
    identity = fields.switch(
        "identity", "Identity start", usual.identity_start,
        "The filters of later convolutions begin by copying one input map each, not at random.",
    )  # fmt: skip
    return {
        "whitening": whitening,
        "keep_whitening": kept,
        "identity_start": identity,
        "head_scale": fields.number(
            "head",
            "Scale of the logits",
            usual.head_scale,
            *RANGES["head_scale"],
            help="Smaller: the last layer learns slower, steadier.",
        ),
        "precision": fields.option("precision", "Precision", get_args(Precision), usual.precision, PRECISIONS),
    }


def _group(title: str) -> None:
    st.markdown(f"**{title}**")


def _preview(dataset: Dataset, recipe: Recipe) -> None:
    """Draw one training image as eight epochs would see it."""
    images = augmentation.augment(
        np.repeat(np.asarray(dataset.train.images[:1]), 8, axis=0),
        np.random.default_rng(0),
        mirrored=None if recipe.flip == "none" else np.arange(8) % 2 == 1,
        shift_pixels=recipe.shift_pixels,
        cutout_pixels=recipe.cutout_pixels,
    )
    lesson.note("The first training image in eight epochs:")
    mosaic(
        images,
        key="training.preview",
        columns=4,
        cell="3rem",
        selectable=False,
        alts=[f"training image 0, changed, number {n + 1}" for n in range(8)],
    )
