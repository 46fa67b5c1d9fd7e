"""Choosing what to train and how: recipe, network and the numbers that matter most; all others are in `more`."""

from dataclasses import dataclass, replace

import streamlit as st

from core.config import Settings
from core.data.about import CUSTOM
from core.data.dataset import Dataset
from core.errors import ArchitectureError
from core.model.structure.architecture import Architecture
from core.settings import Number
from core.training.recipe import MOST, Recipe
from core.training.recipes import RECIPES, architecture_for
from core.training.settings import RecipeSetting
from core.training.worker.fit import check_fit
from pages.shared import own_network
from pages.shared.choices import OneOf
from pages.training.fields import Fields
from pages.training.more import choose_the_rest

_RECIPES = RECIPES | {CUSTOM: Recipe()}
_SEED = Number(0, 2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the visitor wants to train, what the run will be called, what has to be mended before it can start.

    The remark says where this server does not allow the recipe as it is.
    """

    title: str
    architecture: Architecture
    recipe: Recipe
    seed: int
    problems: tuple[str, ...]
    remark: str = ""


def choose(dataset: Dataset) -> Wanted:
    """Draw the settings that matter most, all others behind a button; return what is chosen.

    Args:
        dataset: what to train on.

    Raises:
        TrainingError: the numbers make no recipe.
    """
    name = OneOf("training.recipe", dataset.about.recipes, words=str.capitalize).select("Recipe", width=112)
    base = _usable(_RECIPES[name], dataset)
    architecture = _choose_network(name, dataset)
    most = Settings.from_environ().max_epochs
    fields = Fields(prefix=f"training.{name}", kinds=architecture.kinds, bounds={"epochs": lambda _: (1, most)})
    recipe = fields.group(MOST, base, narrow=True)
    seed = replace(fields, prefix="training").number("seed", "Seed", _SEED, 0, width=76)
    with st.popover("More", help="Optimizer, schedule, augmentation, regularization, validation data, initial weights"):
        recipe = choose_the_rest(replace(fields, beside=True), recipe, dataset)
    computed = recipe.suited()
    try:
        architecture.check(dataset.classes)
        check_fit(architecture, computed)
    except ArchitectureError as error:
        fields.problems.append(str(error))
    if recipe != _RECIPES[name]:
        computed = replace(computed, name=CUSTOM)
    return Wanted(
        title=_title(
            _RECIPES[name], recipe, own_network=architecture != architecture_for(name, dataset.classes), seed=seed
        ),
        architecture=architecture,
        recipe=computed,
        seed=seed,
        problems=tuple(fields.problems),
        remark=_remark(_RECIPES[name].epochs, most, single=recipe.half and not computed.half),
    )


def _remark(epochs: int, most: int, *, single: bool) -> str:
    """Say where this server does not allow a recipe as it is."""
    remarks = [f"At most {most} of its {epochs} epochs here."] if epochs > most else []
    if single:
        remarks.append("This processor has no half precision, so it trains at single precision, which takes longer.")
    return " ".join(remarks)


def _choose_network(recipe: str, dataset: Dataset) -> Architecture:
    usual, own = architecture_for(recipe, dataset.classes), own_network.chosen(dataset.classes)
    which = OneOf("training.network", ("the recipe's", own_network.OWN_NETWORK))
    wants_own = which.value() == own_network.OWN_NETWORK
    if own in (usual, Architecture.tutorial(classes=dataset.classes)):
        return usual
    which.select("Network", width=118)
    return own if wants_own else usual


def _usable(recipe: Recipe, dataset: Dataset) -> Recipe:
    """`recipe` within this server's cap on epochs; of few images, in batches small enough to learn.

    Plain gradients are as long in small batches as in large ones, so SGD's rate shrinks with the batch (Goyal et al.
    2017); Adam's steps do not depend on it.
    """
    recipe = replace(recipe, epochs=min(recipe.epochs, Settings.from_environ().max_epochs))
    most = dataset.about.largest_batch or recipe.batch_size
    if recipe.batch_size <= most:
        return recipe
    share = most / recipe.batch_size if recipe.optimizer == "sgd" else 1.0
    return replace(recipe, batch_size=most, learning_rate=recipe.learning_rate * share)


def _title(usual: Recipe, recipe: Recipe, *, own_network: bool, seed: int) -> str:
    """Name a run by its recipe and by what was changed.

    >>> usual = RECIPES["fast"]
    >>> _title(usual, replace(usual, epochs=3, flip="none"), own_network=False, seed=7)
    'Fast: 3 epochs, other settings, seed 7'
    >>> _title(usual, replace(usual, epochs=1), own_network=False, seed=0)
    'Fast: 1 epoch'
    """
    changes = ["own network"] if own_network else []
    titled = {name: about for name, about in RecipeSetting.of(Recipe).items() if about.titled}
    differing = [name for name in titled if getattr(recipe, name) != getattr(usual, name)]
    changes += [titled[name].in_title(getattr(recipe, name)) for name in differing]
    if replace(recipe, **{name: getattr(usual, name) for name in differing}) != usual:
        changes.append("other settings")
    changes += [f"seed {seed}"] if seed else []
    name = usual.name.capitalize()
    return f"{name}: {', '.join(changes)}" if changes else f"{name} recipe"
