import json

import pytest

from core.errors import TrainingError
from core.training.recipe import Recipe
from core.training.recipes import RECIPES, architecture_for
from core.training.worker.fit import check_fit


def test_the_tutorials_recipe_is_the_lessons() -> None:
    recipe = RECIPES["tutorial"]
    assert (recipe.epochs, recipe.batch_size, recipe.optimizer, recipe.learning_rate) == (10, 500, "adam", 1e-3)
    assert recipe.validation == "test"
    assert not recipe.augments
    assert architecture_for("tutorial", 10).parameter_count == 94_890


def test_every_recipe_has_a_network_and_survives_json() -> None:
    for name, recipe in RECIPES.items():
        assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
        assert architecture_for(name, 10).trace().error is None
    assert architecture_for("fast", 10).parameter_count == 94_890


def test_every_recipe_fits_a_server_as_it_is_set_up() -> None:
    for name, recipe in RECIPES.items():
        check_fit(architecture_for(name, 10), recipe)


def test_unknown_names_in_json_are_left_out() -> None:
    assert Recipe.from_json({"epochs": 3, "of_the_future": 1}) == Recipe(epochs=3)


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 0},
        {"epochs": 2.5},
        {"batch_size": 0},
        {"batch_size": True},
        {"learning_rate": -1},
        {"learning_rate": float("nan")},
        {"optimizer": "magic"},
        {"schedule": "random"},
        {"label_smoothing": 1.0},
        {"training_images": 5},
        {"held_out": 0.9},
        {"flip": "vertical"},
        {"crop_pixels": 32},
        {"orthogonal_rate": -0.1},
    ],
)
def test_nonsense_is_refused_in_three_sentences(options: dict[str, object]) -> None:
    with pytest.raises(TrainingError) as caught:
        Recipe(**options)  # type: ignore[arg-type]
    assert str(caught.value).startswith("Expected ")
    assert "Received" in str(caught.value)
