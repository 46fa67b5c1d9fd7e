"""From hand-made to learned: a fresh Conv2D's random kernels, and the kernels a network has learned."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.bounded import remembered
from core.charts.maps import enlarge, kernel_pictures, map_pictures, range_texts
from core.charts.numbers import counted
from core.charts.numbers import signed as number
from core.config import IMAGE_SHAPE
from core.data.dataset import Dataset
from core.data.reference import TUTORIAL_INDEX, tutorial_image
from core.model.inference.handmade import TUTORIAL_FILTERS
from core.model.inference.inspection import has_convolution
from core.model.layers.scaling import STANDARD_MEAN, STANDARD_SPREAD, InputScaling
from core.ops import kernels
from core.training.runs.snapshot import NO_CONVOLUTION, Snapshot
from pages.kernels.chooser import loading_code
from pages.kernels.stage import impose
from pages.kernels.state import StageState, flat
from pages.shared import lesson
from pages.shared.choices import Coded, Whole
from pages.shared.mosaic import Sprite, clicked, mosaic, sprite_of
from pages.shared.sidebar import Selection

KEY = "kernels.learned"
"""Key of the mosaic of learned filters."""

SHOWN = 8
SIDE = 96
_FEW = 32
_THREE_ROWS, _FOUR_ROWS = "clamp(7rem, (100vh - 14rem) / 3, 11rem)", "clamp(3.4rem, (100vh - 20rem) / 4, 6.5rem)"
"""Widths of pictures whose rows fill the window, whatever its height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """Which learned filter was opened on the stage last."""

    snapshot: Snapshot
    position: int
    kernels: tuple[tuple[float, ...], ...]


def draw_random(dataset: Dataset) -> None:
    """Draw the tutorial's picture of a fresh layer: the original and features 1 to 8, in a 3 x 3 grid."""
    picture, words = st.columns([3, 2], gap="large")
    with words:
        seed = Whole("kernels.seed", 0, 999_999).number("Seed of the random kernels", width=190)
    image, label, note = tutorial_image(dataset, "train", TUTORIAL_INDEX)
    features = cached.random_features(image.tobytes(), seed)[..., :SHOWN]
    limits = range_texts(features)
    name = dataset.class_names[label]
    with picture:
        mosaic(
            _random_sprite(image.tobytes(), seed),
            key="kernels.random",
            captions=[name, *(f"{number}: {limit}" for number, limit in enumerate(limits, start=1))],
            alts=[name, *(f"feature {number}, {limit}" for number, limit in enumerate(limits, start=1))],
            columns=3,
            phone_columns=3,
            selectable=False,
            cell=_THREE_ROWS,
        )
    with words:
        if note:
            lesson.note(note)
        lesson.insight(
            "Random kernels already find edges and color patches. Training does not pick among them, it changes them."
        )
        if not features.max(axis=(0, 1)).all():
            lesson.note(
                "0 everywhere: at every place of this image the negative weights of this random filter outweigh the "
                "positive ones, and ReLU makes zero of what is negative."
            )
        lesson.note(
            "Conv2D slides 32 filters, each 3 × 3 × 3, without padding: 32 × 32 becomes 30 × 30. Each map is drawn "
            "from black at its minimum to white at its maximum. The tutorial's layer computes in float64 and draws its "
            "kernels without a seed: its maps are others."
        )
    st.code(random_code(_loading(dataset, own=note is None), seed), language="python")


def _loading(dataset: Dataset, *, own: bool) -> str:
    """Return the lines that load the tutorial's image, or what stands in for it."""
    if own:
        return loading_code(dataset, "train", TUTORIAL_INDEX)
    return loading_code(dataset, "test", int(dataset.test.indices[0]))


def random_code(loading: str, seed: int) -> str:
    """Return Python code that makes `features`, the numbers behind the picture of random kernels."""
    return (
        f"import keras\n\n{loading}\n\n"
        f"start = keras.initializers.GlorotUniform(seed={seed})\n"
        f'layer = keras.layers.Conv2D({TUTORIAL_FILTERS}, (3, 3), activation="relu", kernel_initializer=start)\n'
        'features = layer(image[None].astype("float32"))  # (1, 30, 30, 32)'
    )


@remembered(8)
def _random_sprite(image: bytes, seed: int) -> Sprite:
    """Return the image, uint8 (32, 32, 3), and what random kernels make of it."""
    features = cached.random_features(image, seed)[..., :SHOWN]
    pictures = np.frombuffer(image, np.uint8).reshape(IMAGE_SHAPE), *map_pictures(features, "map", signed=False)
    return sprite_of(np.stack([enlarge(each, SIDE) for each in pictures]))


def open_chosen(snapshot: Snapshot | None, choice: Coded) -> None:
    """Before the stage is drawn: set it to the learned filter that was clicked, or take it along to another epoch.

    Args:
        snapshot: whose filters.
        choice: of what is set on the stage.
    """
    if snapshot is None or not has_convolution(snapshot.architecture):
        return
    position, state = clicked(KEY), choice.value()
    shown: _Opened | None = st.session_state.get("kernels.opened")
    if position is None:
        if shown is None or shown.snapshot == snapshot or state.kernels != shown.kernels:
            return
        position = shown.position
    weights = snapshot.first_layer_kernels()
    if _fits_stage(weights) and position < weights.shape[3]:
        bias = snapshot.first_layer_biases()[position]
        state = opened(weights[..., position], float(bias), snapshot.architecture.input_scaling, state)
        st.session_state["kernels.opened"] = _Opened(snapshot=snapshot, position=position, kernels=state.kernels)
        impose(choice, state)


def opened(weights: NDArray[np.float32], bias: float, scaling: InputScaling, state: StageState) -> StageState:
    """Return the stage's setting for one learned filter as its network applies it, before its activation.

    The stage shows pixels in 0..1: where the network first brings them to zero mean, (pixel - m) / s, the same numbers
    come of the weights divided by s and of the bias less m / s times the sum of the weights.

    Args:
        weights: shape (height, width, 3).
        bias: of the filter.
        scaling: of the network's input.
        state: what is kept of it: padding, border and place.
    """
    if scaling == "standard":
        bias -= STANDARD_MEAN / STANDARD_SPREAD * float(weights.sum(dtype=np.float64))
        weights = weights / np.float32(STANDARD_SPREAD)
    return replace(
        state,
        color="filter",
        kernels=tuple(flat(weights[..., channel]) for channel in range(3)),
        flip=False,
        display="signed",
        stride=1,
        dilation=1,
        bias=float(str(np.float32(bias))),  # as few digits as tell it from its neighbors
        relu=False,
    )


def draw_learned(selection: Selection) -> None:
    """Draw the first layer's filters of the chosen snapshot; a click opens one on the stage."""
    snapshot = selection.snapshot
    if snapshot is None:
        lesson.note(selection.missing)
        return
    if not has_convolution(snapshot.architecture):
        lesson.note(NO_CONVOLUTION)
        return
    weights = snapshot.first_layer_kernels()
    filters = weights.shape[3]
    if not _fits_stage(weights):
        lesson.note(
            f"This network's first kernels have the shape {weights.shape}; the stage takes 1, 2, 3, 5 or 7 squared."
        )
        return
    folded = ""
    if snapshot.architecture.input_scaling == "standard":
        folded = ", the network's input scaling folded into its weights and bias"
    started = ""
    if snapshot.run.config.recipe.whitening:
        started = " At epoch 0 they are not random: they decorrelate patches of the training images (whitening)."
    mosaic(
        kernel_pictures(weights),
        key=KEY,
        captions=[str(k + 1) for k in range(filters)],
        alts=[f"Filter {k + 1} of {filters}: open it on the stage" for k in range(filters)],
        columns=8 if filters <= _FEW else 16,
        phone_columns=8,
        cell=_FOUR_ROWS if filters <= _FEW else "3.4rem",
    )
    lesson.insight(what_training_did(snapshot))
    told = (
        f"First layer of {snapshot.run.title}, epoch {snapshot.epoch} (0 is its start): {counted(filters, 'filter')}. "
        f"Min {number(weights.min(), '.3g')}, max {number(weights.max(), '.3g')}; gray is 0."
    )
    opens = f"one to open it on the stage as a three-channel filter with its bias, before its activation{folded}."
    lesson.note(f"{told} Click {opens}{started}", tapped=f"{told} Tap {opens}{started}")


def what_training_did(snapshot: Snapshot) -> str:
    """Say how far the first layer's kernels have moved from where they began, as a share of their length there."""
    recipe, first = snapshot.run.config.recipe, Snapshot(snapshot.run, min(snapshot.run.epochs))
    if recipe.whitening and recipe.keep_whitening:
        return "This recipe keeps these kernels as they begin: of this layer only the biases learn."
    if snapshot.epoch == first.epoch:
        return "So the kernels begin; move the snapshot slider in the sidebar and see what training makes of them."
    start = first.first_layer_kernels()
    moved = np.linalg.norm(snapshot.first_layer_kernels() - start) / np.linalg.norm(start)
    return (
        f"Training moved these kernels by {100 * moved:.0f} % of their length at the start: step by step, from "
        "where they began."
    )


def _fits_stage(weights: NDArray[np.float32]) -> bool:  # (height, width, in_channels, filters)
    return weights.shape[2] == 3 and weights.shape[0] == weights.shape[1] and weights.shape[0] in kernels.SIZES
