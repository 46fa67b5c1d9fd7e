"""Every variation differs from the usual training in one thing, and the file that comes with Convscope is complete."""

import dataclasses
from dataclasses import replace

import pytest

from core.data import registry
from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.studies import variations
from core.training.studies.variations import FILE, NETWORK, RECIPE, SEEDS, USUAL, USUAL_VALUES, VARIATIONS, Variation

USUAL_ONE, *OTHERS = VARIATIONS


@pytest.mark.parametrize("variation", OTHERS, ids=lambda each: f"{each.setting} {each.value}")
def test_each_differs_in_what_it_says_alone(variation: Variation) -> None:
    changed = [
        field.name
        for field in dataclasses.fields(Recipe)
        if getattr(variation.recipe, field.name) != getattr(RECIPE, field.name)
    ]
    allowed = {"augmentation": {"flip", "shift_pixels"}}.get(variation.setting, {variation.setting.replace(" ", "_")})
    assert set(changed) <= allowed
    assert bool(changed) != (variation.network != NETWORK)
    assert variation.setting in USUAL_VALUES


def test_the_networks_have_the_same_convolutions() -> None:
    """Normalization and shortcuts come on top; kernels stay as many and as large."""

    def kernels(network: str) -> list[tuple[int, int]]:
        steps = Architecture.from_text(network).steps()
        return [(step.layer.filters, step.layer.kernel_size) for step in steps if step.layer.kind == "Conv2D"]  # type: ignore[attr-defined]

    assert all(kernels(each.network) == kernels(NETWORK) for each in VARIATIONS)


def test_the_file_holds_every_epoch_of_every_variation_and_seed() -> None:
    rows = variations.read(FILE)
    keys = [(row["setting"], row["value"], int(row["seed"]), int(row["epoch"])) for row in rows]
    epochs = range(RECIPE.epochs + 1)
    assert sorted(keys) == sorted((v.setting, v.value, seed, e) for v in VARIATIONS for seed in SEEDS for e in epochs)
    usual = [float(row["val_accuracy"]) for row in rows if row["setting"] == USUAL and row["epoch"] == "8"]
    assert min(usual) > 0.4


def test_a_training_gives_a_row_an_epoch() -> None:
    quick = replace(USUAL_ONE, recipe=replace(RECIPE, epochs=1, training_images=200, held_out=0.5))
    rows = list(variations.trained(quick, registry.load("digits"), 0))
    assert [row["epoch"] for row in rows] == [0, 1]
    assert set(rows[0]) == set(variations.COLUMNS)
    assert list(variations.trained(quick, registry.load("digits"), 0))[1]["val_loss"] == rows[1]["val_loss"]
