"""The recipes that have a name, and the network each was made for."""

from dataclasses import replace

from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe

TUTORIAL = Recipe(name="tutorial", validation="test")
"""Exactly the lesson's: Adam at 0.001, 10 epochs, 100 steps of 500 images an epoch, the test set as validation data."""

FAST = Recipe(
    name="fast",
    epochs=10,
    batch_size=32,
    learning_rate=1.5e-3,
    schedule="one-cycle",
    weight_decay=0.15,
    flip="alternating",
    shift_pixels=1,
    whitening=True,
    validation="test",
)
"""The tutorial's network on zero-mean pixels, from whitening filters: small batches, a learning rate that rises and
falls, weight decay, mirrored and shifted images."""

FAST_SHORT = Recipe(
    name="fast-short",
    epochs=2,
    batch_size=64,
    learning_rate=4e-3,
    schedule="one-cycle",
    whitening=True,
    training_images=33_750,
    validation="test",
)
"""As fast, for a fifth of the tutorial's time: two passes over two thirds of the training images."""

_JORDAN = Recipe(
    batch_size=1000,
    optimizer="sgd",
    learning_rate=1.5,
    momentum=0.85,
    weight_decay=0.01,
    label_smoothing=0.2,
    flip="alternating",
    shift_pixels=2,
    head_scale=1 / 9,
    whitening=True,
    keep_whitening=True,
    identity_start=True,
    validation="test",
    precision="mixed_bfloat16",
)
"""What the next three recipes have of Jordan 2024."""

STRONG = replace(
    _JORDAN,
    name="strong",
    epochs=50,
    schedule="hold",
    fall=1.0,
    orthogonal_rate=0.08,
    orthogonal_momentum=0.7,
    offset_rate=35.0,
    fresh_statistics=True,
    shift_pixels=4,
    brightness=0.2,
    cutout_pixels=12,
)
"""What reached furthest with under two million parameters, in some three hours of one processor core: orthogonal steps,
and images that are shifted, blanked and lit otherwise, chosen on held-out training images, as they are and changed."""

STRONG_SHORT = replace(
    _JORDAN, name="strong-short", epochs=12, schedule="one-cycle", warmup=0.23, offset_rate=64.0, lookahead_steps=5
)
"""As far as strong in a quarter of its processor time: the recipe of Jordan 2024 for `Architecture.airbench()`."""

MUON = replace(
    _JORDAN,
    name="muon",
    epochs=4,
    schedule="hold",
    fall=0.25,
    orthogonal_rate=0.08,
    orthogonal_momentum=0.7,
    offset_rate=35.0,
    crop_pixels=28,
)
"""Most of the way in a lecture's time: orthogonal steps on cropped images, at the rates and momentum that Jordan 2024
found for `Architecture.airbench()` and batches of 1,000 ("airbench94_muon" and its variant "clean_muon")."""

DIGITS = Recipe(name="digits", epochs=10, batch_size=32, validation="test")
"""The tutorial's recipe in batches that suit 1,438 training images."""

_NAMED = (TUTORIAL, FAST, FAST_SHORT, STRONG, STRONG_SHORT, MUON, DIGITS)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _NAMED}


def architecture_for(recipe_name: str, classes: int) -> Architecture:
    """Return the network that the named recipe was made for, telling so many classes apart.

    It is the tutorial's where the recipe was made for none.
    """
    if recipe_name == "strong":
        network = Architecture.strong()
    elif recipe_name in ("strong-short", "muon"):
        network = Architecture.airbench()
    else:
        network = Architecture.tutorial(input_scaling="standard" if recipe_name.startswith("fast") else "unit")
    return network.with_classes(classes)
