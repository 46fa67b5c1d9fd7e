"""How large a training step is at which moment. Pure."""

import math

from core.training.recipe import Recipe

START = 0.1
"""The part of its highest learning rate at which "one-cycle" begins."""


def rate_at(recipe: Recipe, step: int, steps: int) -> float:
    """Return the learning rate of step `step` (from 0) of `steps`."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    part = min(step / max(steps, 1), 1.0)
    if recipe.schedule == "cosine":
        return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * part))
    if recipe.schedule == "hold":
        return recipe.learning_rate * min(1.0, (1 - part) / max(recipe.fall, 1e-9))
    if part < recipe.warmup:
        return recipe.learning_rate * (START + (1 - START) * part / recipe.warmup)
    return recipe.learning_rate * (1 - part) / max(1 - recipe.warmup, 1e-9)
