"""How a network is trained: every choice in one frozen dataclass, and the recipes that have a name."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from core.errors import TrainingError
from core.model.architecture import Architecture

Optimizer = Literal["adam", "sgd"]
Schedule = Literal["constant", "cosine", "one-cycle"]
Flip = Literal["none", "random", "alternating"]
Validation = Literal["test", "held-out"]
Precision = Literal["float32", "mixed_bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides how a network is trained, but for the network, the data and the seed.

    Attributes:
        name: "tutorial", "fast", ... or "custom".
        epochs: passes over the training images.
        batch_size: images a step.
        optimizer: "adam", or "sgd" with Nesterov momentum.
        learning_rate: at its highest.
        schedule: "constant"; "cosine" falls to zero along half a cosine; "one-cycle" rises and falls linearly.
        warmup: part of all steps in which "one-cycle" rises, 0..1.
        momentum: of "sgd".
        weight_decay: part of each kernel that shrinks away a step at learning rate 1, decoupled from the gradient
            (Loshchilov and Hutter 2019); biases and normalization are spared.
        label_smoothing: part of the target spread over all classes, 0..1 (Szegedy et al. 2016).
        flip: mirror left and right: "random", or "alternating" every epoch from a random start (Jordan 2024).
        shift_pixels: random shifts by up to so many pixels both ways, edges mirrored.
        cutout_pixels: side of a square blanked at a random place (DeVries and Taylor 2017); 0 for none.
        head_scale: train the last layer as if its logits were multiplied by this (smaller: slower, steadier).
        whitening: let the first convolution start from whitening filters of training patches.
        keep_whitening: leave those filters as they are; of the first convolution only the biases learn.
        identity_start: let the filters of all later convolutions begin by copying one input map each.
        offset_rate: with "sgd", what normalization adds learns at so many times the others' rate (Jordan 2024).
        lookahead_steps: with "sgd", pull the weights back to a slow copy every so many steps (Zhang et al. 2019); 0:
            never.
        training_images: train on so many images of the training set, the same number a class; None for all.
        validation: "held-out" part of the training set, or "test" as in the tutorial.
        held_out: part of the training images held out for "held-out", 0..1.
        precision: "mixed_bfloat16" computes at half precision; weights stay float32.
    """

    name: str = "custom"
    epochs: int = 10
    batch_size: int = 500
    optimizer: Optimizer = "adam"
    learning_rate: float = 1e-3
    schedule: Schedule = "constant"
    warmup: float = 0.25
    momentum: float = 0.9
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    flip: Flip = "none"
    shift_pixels: int = 0
    cutout_pixels: int = 0
    head_scale: float = 1.0
    whitening: bool = False
    keep_whitening: bool = False
    identity_start: bool = False
    offset_rate: float = 1.0
    lookahead_steps: int = 0
    training_images: int | None = None
    validation: Validation = "held-out"
    held_out: float = 0.1
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
                raise TrainingError(
                    f"Expected {name.replace('_', ' ')} from {low:g} to {high:g}. Received {value!r}. "
                    "Choose a value in that range."
                )
        for name, allowed in _CHOICES:
            if getattr(self, name) not in allowed:
                raise TrainingError(
                    f"Expected {name} to be one of {', '.join(allowed)}. Received {getattr(self, name)!r}. Choose one."
                )
        if any(not isinstance(getattr(self, name), int) for name in _WHOLE):
            raise TrainingError("Expected whole numbers of epochs, images and pixels. Received parts. Round them.")
        if self.training_images is not None and not 100 <= self.training_images <= 1_000_000:
            raise TrainingError(
                f"Expected at least 100 training images. Received {self.training_images}. Take more, or all."
            )

    def rate_at(self, step: int, steps: int) -> float:
        """Return the learning rate of step `step` (from 0) of `steps`.

        Example:
            >>> Recipe(schedule="cosine", learning_rate=1.0).rate_at(50, 100)
            0.5
        """
        part = min(step / max(steps, 1), 1.0)
        if self.schedule == "cosine":
            return self.learning_rate * 0.5 * (1 + math.cos(math.pi * part))
        if self.schedule == "one-cycle":
            start = 0.1
            if part < self.warmup:
                return self.learning_rate * (start + (1 - start) * part / self.warmup)
            return self.learning_rate * (1 - part) / max(1 - self.warmup, 1e-9)
        return self.learning_rate

    @property
    def augments(self) -> bool:
        """Whether training images are changed at random."""
        return self.flip != "none" or self.shift_pixels > 0 or self.cutout_pixels > 0

    @property
    def half(self) -> bool:
        """Whether it computes at half precision."""
        return self.precision != "float32"

    def to_json(self) -> dict[str, Any]:
        """Return a dict of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Recipe":
        """Build from `to_json`'s dict; names it does not know are left out, so that older runs stay readable."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "batch_size": (1, 2000),
    "learning_rate": (0.0, 100.0),
    "warmup": (0.0, 1.0),
    "momentum": (0.0, 0.999),
    "weight_decay": (0.0, 1.0),
    "label_smoothing": (0.0, 0.9),
    "shift_pixels": (0, 8),
    "cutout_pixels": (0, 24),
    "head_scale": (0.001, 1.0),
    "offset_rate": (0.01, 100.0),
    "lookahead_steps": (0, 100),
    "held_out": (0.01, 0.5),
}
"""The smallest and the largest value of every number of a recipe."""

_WHOLE = ("epochs", "batch_size", "shift_pixels", "lookahead_steps")
_CHOICES = (
    ("optimizer", get_args(Optimizer)),
    ("schedule", get_args(Schedule)),
    ("flip", get_args(Flip)),
    ("validation", get_args(Validation)),
    ("precision", get_args(Precision)),
)

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

STRONG = Recipe(
    name="strong",
    epochs=60,
    batch_size=250,
    optimizer="sgd",
    learning_rate=0.2,
    schedule="one-cycle",
    warmup=0.2,
    momentum=0.9,
    weight_decay=5e-3,
    label_smoothing=0.2,
    flip="alternating",
    shift_pixels=4,
    cutout_pixels=8,
    head_scale=0.125,
    whitening=True,
    validation="test",
    precision="mixed_bfloat16",
)
"""What reached furthest with under a million parameters, in some three hours of one processor core."""

STRONG_SHORT = Recipe(
    name="strong-short",
    epochs=12,
    batch_size=1000,
    optimizer="sgd",
    learning_rate=1.5,
    schedule="one-cycle",
    warmup=0.23,
    momentum=0.85,
    weight_decay=0.01,
    label_smoothing=0.2,
    flip="alternating",
    shift_pixels=2,
    head_scale=1 / 9,
    whitening=True,
    keep_whitening=True,
    identity_start=True,
    offset_rate=64.0,
    lookahead_steps=5,
    validation="test",
    precision="mixed_bfloat16",
)
"""As far as strong in a quarter of its processor time: the recipe of Jordan 2024 for `Architecture.airbench()`."""

DIGITS = Recipe(name="digits", epochs=10, batch_size=32, validation="test")
"""The tutorial's recipe in batches that suit 1,437 training images."""

_NAMED = (TUTORIAL, FAST, FAST_SHORT, STRONG, STRONG_SHORT, DIGITS)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _NAMED}


def architecture_for(recipe_name: str) -> Architecture:
    """Return the network that the named recipe was made for; the tutorial's where it was made for none."""
    if recipe_name == "strong":
        return Architecture.strong()
    if recipe_name == "strong-short":
        return Architecture.airbench()
    if recipe_name.startswith("fast"):
        return Architecture.tutorial(input_scaling="standard")
    return Architecture.tutorial()
