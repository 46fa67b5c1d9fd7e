import pytest

from core.training.export.embedding import Embedding, pruned
from core.training.recipe import Recipe

SOURCE = """def change(images, recipe):
    # first of all
    if recipe.flip != "none":
        images = flip(images)
    if recipe.shift_pixels:
        # up to so many
        images = shift(
            images, recipe.shift_pixels
        )
    if len(images) > recipe.epochs:
        return images[:1]
    if recipe.cutout_pixels > 2 and recipe.shift_pixels:
        return cutout(images)
    return images"""


def test_what_the_recipe_decides_is_decided_and_the_rest_stays() -> None:
    assert pruned(SOURCE, Recipe(shift_pixels=2)).split("\n") == [
        "def change(images, recipe):",
        "    # first of all",
        "    # up to so many",
        "    images = shift(",
        "        images, recipe.shift_pixels",
        "    )",
        "    if len(images) > recipe.epochs:",
        "        return images[:1]",
        "    return images",
    ]


def test_what_follows_a_return_that_is_reached_goes() -> None:
    assert pruned(SOURCE, Recipe(shift_pixels=2, cutout_pixels=4)).endswith("    return cutout(images)")


def test_functions_bring_what_they_need_once_each_after_it() -> None:
    taken = Embedding(Recipe(cutout_pixels=4))
    text = taken.take(("core.training.steps.augmentation", "augment"))
    assert text.index("BLANK = 120") < text.index("def cutout(") < text.index("def augment(")
    assert "def shift(" not in text and "def flip(" not in text
    assert taken.take(("core.training.steps.augmentation", "cutout")) == ""
    assert taken.imports == ["from numpy.typing import NDArray", "import numpy as np"]
    assert taken.settings.split("\n")[-1] == "    cutout_pixels = 4"


def test_two_functions_of_one_name_are_refused() -> None:
    taken = Embedding(Recipe())
    taken.take(("core.training.runs.tables", "_number"))
    with pytest.raises(ValueError, match=r"one _number .* of core\.training\.runs\.tables and "):
        taken.take(("core.training.runs.mail", "_number"))
