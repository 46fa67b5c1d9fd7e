"""All settings of a recipe but the few in the row: how it steps, what it learns from, how it starts."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.training.recipe import DATA, IMAGES, START, STEPS, Recipe
from core.training.steps import augmentation
from pages.shared import lesson
from pages.shared.mosaic import mosaic
from pages.training.fields import Fields

_COLUMNS = ((STEPS,), (IMAGES,), (DATA, START))


def choose_the_rest(fields: Fields, recipe: Recipe, dataset: Dataset) -> Recipe:
    """Draw every setting that matters beside what else is chosen; return `recipe` with all of them.

    Raises:
        TrainingError: the numbers make no recipe.
    """
    fields = replace(fields, bounds={"training_images": lambda chosen: _images_left(chosen, len(dataset.train))})
    for column, groups in zip(st.columns(len(_COLUMNS), gap="medium"), _COLUMNS, strict=True):
        with column, st.container(gap="xxsmall"):
            for group in groups:
                st.markdown(f"**{group}**")
                recipe = fields.group(group, recipe)
            if IMAGES in groups:
                _preview(dataset, recipe)
    return recipe


def _images_left(recipe: Recipe, images: int) -> tuple[int, int]:
    """Return on how few and how many images a recipe may train, of so many."""
    most = images - (round(images * recipe.held_out) if recipe.validation == "held-out" else 0)
    return min(100, most), most


def _preview(dataset: Dataset, recipe: Recipe) -> None:
    """Draw one training image as eight epochs would see it."""
    images = np.repeat(np.asarray(dataset.train.images[:1]), 8, axis=0)
    changed = augmentation.augment(images, recipe, np.random.default_rng(0), np.arange(8) % 2 == 1)
    lesson.note("The first training image in eight epochs:")
    mosaic(
        changed,
        key="training.preview",
        columns=4,
        cell="3rem",
        selectable=False,
        alts=[f"training image 0, changed, number {n + 1}" for n in range(8)],
    )
