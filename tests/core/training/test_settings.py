from dataclasses import replace

import pytest

from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.recipes import RECIPES
from core.training.settings import RecipeSetting, compared

KINDS = ("Conv2D", "BatchNormalization", "Dense")


def test_every_field_but_the_name_says_what_it_is() -> None:
    settings = RecipeSetting.of(Recipe)
    assert {*Recipe.__slots__} - {*settings} == {"name"}
    links = [about.link for about in settings.values()]
    assert len(set(links)) == len(links)
    for name, about in settings.items():
        assert about.label and about.values.problem(name, getattr(Recipe(), name)) == ""
        assert about.only_with is None or about.only_with[0] in settings


def test_a_setting_that_needs_another_applies_with_it_alone() -> None:
    settings = RecipeSetting.of(Recipe)
    assert not settings["momentum"].applies(Recipe(), KINDS)
    assert settings["momentum"].applies(Recipe(optimizer="sgd"), KINDS)
    assert not settings["held_out"].applies(RECIPES["tutorial"], KINDS)
    assert settings["held_out"].applies(Recipe(), KINDS)
    turning = Recipe(optimizer="sgd", orthogonal_rate=0.1)
    assert settings["orthogonal_momentum"].applies(turning, KINDS)
    assert not settings["orthogonal_momentum"].applies(replace(turning, orthogonal_rate=0.0), KINDS)
    assert not settings["orthogonal_momentum"].applies(replace(turning, optimizer="adam"), KINDS)


WHITENED, NORMALIZED = {"whitening", "keep_whitening"}, {"offset_rate", "fresh_statistics"}
ORTHOGONAL = {"orthogonal_rate", "orthogonal_momentum"}


@pytest.mark.parametrize(
    ("network", "without"),
    [
        ("u-c8-n-c8-f-d10l", set()),
        ("u-c8-f-d10l", NORMALIZED | {"identity_start"}),
        ("s-n-c8-c8-f-d10l", WHITENED),
        ("u-f-d10l", NORMALIZED | ORTHOGONAL | WHITENED | {"identity_start"}),
    ],
)
def test_a_setting_applies_only_where_the_network_has_what_it_sets(network: str, without: set[str]) -> None:
    settings, recipe = RecipeSetting.of(Recipe), Recipe(optimizer="sgd", orthogonal_rate=0.1, whitening=True)
    kinds = Architecture.from_text(network).kinds
    silent = {name for name, about in settings.items() if not about.applies(recipe, kinds)}
    assert silent == without | {"warmup", "fall"}  # these need a schedule


def test_a_comparison_says_what_a_recipe_does_and_nothing_that_has_no_effect() -> None:
    plain = compared(replace(Recipe(), keep_whitening=True), KINDS)
    assert (plain["optimizer"], plain["images"], plain["first kernels"]) == ("Adam", "as they are", "random")
    assert (plain["trained on"], plain["validated on"]) == ("all images", "10 % held out")
    strong = compared(RECIPES["strong"], KINDS)
    assert strong["optimizer"] == "SGD, momentum 0.85"
    assert strong["schedule"] == "held, then falling, over the last 100 %"
    assert compared(RECIPES["strong-short"], KINDS)["schedule"] == "one-cycle, rising for 23 %"
    assert (strong["batch size"], strong["BatchNormalization's statistics"]) == ("1,000", "measured every epoch")
    assert strong["images"] == (
        "mirrored every other epoch, shifted by up to 4, brightened 0.82 to 1.2 times, blanked 12 × 12"
    )
    assert compared(Recipe(brightness=0.5), KINDS)["images"] == "brightened 0.61 to 1.6 times"
    assert strong["validated on"] == "test images"
    assert compared(RECIPES["strong-short"], KINDS)["first kernels"] == "whitening, kept"
    assert compared(RECIPES["fast-short"], KINDS)["trained on"] == "33,750 images"


def test_a_comparison_says_of_normalization_only_where_a_network_has_it() -> None:
    rows = ("rate of BatchNormalization's offsets", "BatchNormalization's statistics")
    strong = RECIPES["strong"]
    assert [compared(strong, ("Conv2D", "Dense"))[row] for row in rows] == ["", ""]
    assert [compared(replace(strong, fresh_statistics=False), KINDS)[row] for row in rows] == [
        f"{strong.offset_rate:g} ×", "kept while training"
    ]  # fmt: skip
    adam = compared(Recipe(), KINDS)
    assert [adam[row] for row in ("lookahead", *rows)] == ["", "", "kept while training"]


@pytest.mark.parametrize("name", RecipeSetting.of(Recipe))
def test_a_difference_in_any_setting_shows_in_a_comparison_or_in_the_title(name: str) -> None:
    """So no two recipes look the same."""
    about = RecipeSetting.of(Recipe)[name]
    assert about.row is not None or about.titled
