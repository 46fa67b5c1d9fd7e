"""Choosing what to train and how: recipe, network, and every number of the recipe."""

from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import streamlit as st

from core.config import Settings
from core.data.dataset import Dataset
from core.model.architecture import Architecture
from core.training import augmentation
from core.training.recipes import RECIPES, Flip, Optimizer, Recipe, Schedule, Validation, architecture_for
from pages.shared import builder, lesson, links
from pages.shared.mosaic import mosaic

_NAMES = {
    "cifar10": ("tutorial", "fast", "fast-short", "strong", "custom"),
    "digits": ("digits", "fast", "strong", "custom"),
}
_RECIPES = RECIPES | {"custom": Recipe()}
_FLIPS = {"none": "none", "random": "at random", "alternating": "every other epoch"}
_VALIDATIONS = {"held-out": "a held-out part of the training images", "test": "the test images, as in the tutorial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the visitor wants to train, and what the run will be called."""

    title: str
    architecture: Architecture
    recipe: Recipe
    seed: int


def choose(dataset: Dataset) -> Wanted:
    """Draw the settings that matter most, all others behind a button; return what is chosen.

    Raises:
        ArchitectureError: the visitor's own network cannot be built.
        TrainingError: the numbers make no recipe.
    """
    names = _NAMES.get(dataset.family, ("custom",))
    links.check_choice("training.recipe", [each.capitalize() for each in names])
    links.forget_unless("training.recipe", names)
    name = st.selectbox("Recipe", names, format_func=str.capitalize, **_kept("training.recipe"), width=112)
    base = _usable(_RECIPES[name], dataset)
    architecture = _choose_network(name)
    key = f"training.{name}"
    most = Settings.from_environ().max_epochs
    for field, highest in ((f"{key}.epochs", most), (f"{key}.batch", 2000)):
        links.check_number(field, 1, highest)
    links.check_number("training.seed", 0, 2**31 - 1)
    epochs = st.number_input("Epochs", 1, most, base.epochs, **_kept(f"{key}.epochs"), width=80)
    batch_size = st.number_input("Batch size", 1, 2000, base.batch_size, **_kept(f"{key}.batch"), width=88)
    rate = st.number_input(
        "Learning rate", 1e-6, 10.0, base.learning_rate, 1e-4, "%.4g", **_kept(f"{key}.rate"), width=108
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, **_kept("training.seed"), width=76)
    recipe = replace(base, epochs=epochs, batch_size=batch_size, learning_rate=rate)
    with st.popover("More", help="Optimiser, schedule, augmentation, regularisation, validation data"):
        recipe = _choose_the_rest(recipe, base, dataset, key)
    own = architecture != architecture_for(name)
    title = _title(_RECIPES[name], recipe, own_network=own, seed=seed)
    if recipe != _RECIPES[name]:
        recipe = replace(recipe, name="custom")
    return Wanted(title=title, architecture=architecture, recipe=recipe, seed=seed)


def _title(usual: Recipe, recipe: Recipe, *, own_network: bool, seed: int) -> str:
    """Name a run by its recipe and by what was changed.

    >>> usual = RECIPES["fast"]
    >>> _title(usual, replace(usual, epochs=3, flip="none"), own_network=False, seed=7)
    'Fast: 3 epochs, other settings, seed 7'
    """
    changes = ["own network"] if own_network else []
    shown = {
        "epochs": f"{recipe.epochs} epochs",
        "batch_size": f"batches of {recipe.batch_size}",
        "learning_rate": f"rate {recipe.learning_rate:g}",
        "training_images": f"{recipe.training_images} images",
    }
    changes += [text for name, text in shown.items() if getattr(recipe, name) != getattr(usual, name)]
    if replace(recipe, **{name: getattr(usual, name) for name in shown}) != usual:
        changes.append("other settings")
    changes += [f"seed {seed}"] if seed else []
    name = usual.name.capitalize()
    return f"{name}: {', '.join(changes)}" if changes else f"{name} recipe"


def _kept(key: str) -> dict[str, Any]:
    """A widget whose value survives page switches and reloads, and can be shared as a link."""
    return {"key": key, "bind": "query-params"}


def _usable(recipe: Recipe, dataset: Dataset) -> Recipe:
    """`recipe` within this server's cap on epochs; on the few digits, in batches small enough to learn."""
    small = dataset.family == "digits" and recipe.batch_size > 64
    batch_size = 64 if small else recipe.batch_size
    return replace(recipe, epochs=min(recipe.epochs, Settings.from_environ().max_epochs), batch_size=batch_size)


def _choose_network(recipe: str) -> Architecture:
    usual, own = architecture_for(recipe), builder.chosen()
    if own.to_text() in (usual.to_text(), Architecture.tutorial().to_text()):
        return usual
    options = ("the recipe's", builder.OWN_NETWORK)
    which = st.selectbox("Network", options, **_kept("training.network"), width=118)
    return own if which == builder.OWN_NETWORK else usual


def _choose_the_rest(recipe: Recipe, base: Recipe, dataset: Dataset, key: str) -> Recipe:
    """Draw all settings the row above leaves out."""
    step, picture = st.columns(2)
    with step:
        optimizer = _option("Optimiser", get_args(Optimizer), base.optimizer, f"{key}.optimizer")
        schedule = _option("Learning rate over time", get_args(Schedule), base.schedule, f"{key}.schedule")
        decay = st.number_input("Weight decay", 0.0, 1.0, base.weight_decay, 1e-4, "%.4g", **_kept(f"{key}.decay"))
        smoothing = st.number_input(
            "Label smoothing", 0.0, 0.9, base.label_smoothing, 0.05, "%.2f", **_kept(f"{key}.smoothing")
        )
    with picture:
        flip = _option("Mirror left and right", get_args(Flip), base.flip, f"{key}.flip", _FLIPS)
        shift = st.slider("Shift by up to, pixels", 0, 8, base.shift_pixels, **_kept(f"{key}.shift"))
        cutout = st.slider("Blank a square of, pixels", 0, 24, base.cutout_pixels, **_kept(f"{key}.cutout"))
    with step:
        most = len(dataset.train)
        usual = min(base.training_images or most, most)
        images = st.number_input("Training images", min(100, most), most, usual, 100, **_kept(f"{key}.images.{most}"))
        validation = _option("Validate on", get_args(Validation), base.validation, f"{key}.validation", _VALIDATIONS)
        if validation == "test":
            lesson.note("Choosing by the test set makes its accuracy flattering. Held-out images are the sound choice.")
    recipe = replace(
        recipe, optimizer=optimizer, schedule=schedule, weight_decay=decay, label_smoothing=smoothing, flip=flip,
        shift_pixels=shift, cutout_pixels=cutout, training_images=images if images < most else None,
        validation=validation,
    )  # fmt: skip
    with picture:
        _preview(dataset, recipe)
    return recipe


def _option(label: str, options: tuple[str, ...], usual: str, key: str, names: dict[str, str] | None = None) -> Any:
    def title(option: str) -> str:
        return (names or {}).get(option, option)

    return st.selectbox(label, options, options.index(usual), format_func=title, **_kept(key))


def _preview(dataset: Dataset, recipe: Recipe) -> None:
    """Draw one training image as eight epochs would see it."""
    random = np.random.default_rng(0)
    images = np.repeat(np.asarray(dataset.train.images[:1]), 8, axis=0)
    if recipe.flip != "none":
        images = augmentation.flip(images, np.arange(8) % 2 == 1)
    if recipe.shift_pixels:
        images = augmentation.shift(images, recipe.shift_pixels, random)
    if recipe.cutout_pixels:
        images = augmentation.cutout(images, recipe.cutout_pixels, random)
    lesson.note("The first training image as eight epochs would see it:")
    mosaic(
        images,
        key="training.preview",
        columns=4,
        cell="4.5rem",
        selectable=False,
        alts=[f"training image 0, changed, number {n + 1}" for n in range(8)],
    )
