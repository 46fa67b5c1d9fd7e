"""The view of one filter: what it is, what excites it among the test images, and the picture that does most."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cached
from core.charts.numbers import signed as written
from core.charts.numbers import spelled
from core.config import CHANNELS
from core.data.dataset import Dataset
from core.model.experiments.ascent import STEPS, Climbed, shaken_by
from core.model.experiments.survey import BEST, Excited, chosen
from core.model.structure.feeds import INPUT
from core.training.runs.snapshot import NO_CONVOLUTION, Snapshot
from pages.activations import filter_files
from pages.activations.anatomy import anatomy, convolutions
from pages.activations.climb import climb
from pages.activations.exciting import Chosen, nine_sprites, weights_sprite
from pages.activations.looking import TUTORIAL_IMAGE, feature_choice, layer_choice, surveyed
from pages.shared import lesson
from pages.shared.choices import OneOf, yes_or_no
from pages.shared.image_picker import ImagePicker
from pages.shared.mosaic import Layout, clicked, mosaic
from pages.shared.sidebar import Selection
from pages.shared.takehome import take_home
from pages.shared.waiting import result

SMOOTH, FREE = "smooth", "free"
_SLICES, _ALL_SLICES = "activations.slices", "activations.all_slices"
_PATCHES, _MARKED = "activations.patches", "activations.marked"
FEW = 12
_NINE: Layout = {"columns": 3, "phone_columns": 3, "cell": "clamp(4rem, (100vh - 29.5rem) / 3, 13rem)"}


def draw(selection: Selection, snapshot: Snapshot) -> None:
    """Draw the view, or say why there is nothing to see."""
    if not convolutions(snapshot.architecture):
        st.info(NO_CONVOLUTION)
        return
    lesson.when_warm(lambda: _draw(selection.dataset, snapshot))


@st.fragment
@lesson.explained()
def _draw(dataset: Dataset, snapshot: Snapshot) -> None:
    filter_ = _choose(dataset, snapshot)
    excited = surveyed(dataset, snapshot)
    if excited is None:
        return
    count = len(anatomy(snapshot, filter_.row.name, filter_.feature).order)
    _draw_weights(filter_, min(FEW, count), key=_SLICES)
    found, where, rises = st.columns(3, gap="medium")
    values = excited[filter_.row.name].values[filter_.feature]
    with found:
        st.markdown(f"**Excited most**, {written(values[0], '.2f')} to {written(values[-1], '.2f')}")
    with where:
        st.markdown("**Where** they stand in test images")
    _draw_images(filter_, excited[filter_.row.name], found, where)
    with rises:
        climbed = _draw_climb(filter_)
    lesson.insight(_compared(filter_, float(values[0]), climbed))
    take_home("activations.home", lambda: filter_files.offer(filter_, excited, climbed))
    told = _described(filter_)
    lesson.note(told, tapped=told.replace("Click one", "Tap one"))
    if count > FEW and yes_or_no("activations.inputs").switch(f"All {count} maps that flow in"):
        _draw_weights(filter_, count, key=_ALL_SLICES)


def _choose(dataset: Dataset, snapshot: Snapshot) -> Chosen:
    """Draw the controls in one row; a click on an input map has chosen the filter that makes it."""
    rows = convolutions(snapshot.architecture)
    layers = layer_choice(tuple(rows), usual=list(rows)[min(1, len(rows) - 1)])
    for key in (_SLICES, _ALL_SLICES):
        _walk(snapshot, layers, clicked(key))
    with st.container(horizontal=True, gap="small"):
        row = rows[layers.select("Convolution", width=190)]
        count = row.output_shape[-1]
        feature = feature_choice(count).number(f"Filter 1 to {count}", width=140)
        smooth = OneOf("activations.climb", (SMOOTH, FREE)).segments("Made picture") == SMOOTH
    return Chosen(dataset=dataset, snapshot=snapshot, row=row, feature=feature - 1, smooth=smooth)


def _walk(snapshot: Snapshot, layers: OneOf, picked: int | None) -> None:
    """Choose the filter that makes the input map that was picked."""
    if picked is None:
        return
    rows, layer = convolutions(snapshot.architecture), layers.value()
    feature = int(feature_choice(rows[layer].output_shape[-1]).value())
    found = anatomy(snapshot, layer, feature - 1)
    if found.maker != INPUT and picked < len(found.order):
        layers.choose(found.maker)
        feature_choice(rows[found.maker].output_shape[-1]).choose(int(found.maps[found.order[picked]]) + 1)


def _draw_weights(filter_: Chosen, count: int, *, key: str) -> None:
    """Draw the `count` strongest slices of the filter, over what the maps that they weigh look for."""
    sprite, found = weights_sprite(filter_, count), anatomy(filter_.snapshot, filter_.row.name, filter_.feature)
    colors = found.source == INPUT and len(found.order) == len(CHANNELS)
    order = found.order[:count]
    names = [CHANNELS[n] if colors else str(found.maps[n] + 1) for n in order]
    kernels, together = found.kernels, ["together"] if colors else []
    mosaic(
        sprite,
        key=key,
        captions=together + [f"{name} · {100 * found.shares[n]:.0f} %" for name, n in zip(names, order, strict=True)],
        alts=together
        + [
            f"{name}: weights {written(kernels[..., n].min(), '.3f')} to {written(kernels[..., n].max(), '.3f')}, "
            f"{100 * found.shares[n]:.0f} % of all squared weights"
            for name, n in zip(names, order, strict=True)
        ],
        selectable=found.maker != INPUT,
        columns=4 if colors else FEW,
        phone_columns=4,
        cell="7rem" if colors else "4.6rem",
    )


def _draw_images(filter_: Chosen, excited: Excited, found: DeltaGenerator, where: DeltaGenerator) -> None:
    """Draw the patches that excite the filter most, and their images; a click chooses the image everywhere."""
    test, picker = filter_.dataset.test, ImagePicker(filter_.dataset, "train", TUTORIAL_IMAGE)
    images = excited.images[filter_.feature]
    for key in (_PATCHES, _MARKED):
        if (picked := clicked(key)) is not None and picked < len(images):
            picker.choose("test", int(test.indices[images[picked]]))
    at = [int(n) for n, each in enumerate(images) if picker.split_name == "test" and test.indices[each] == picker.index]
    names, values = filter_.dataset.class_names, excited.values[filter_.feature]
    alts = [
        f"test image {test.indices[each]}, {names[test.labels[each]]}, {written(value, '.2f')}"
        for each, value in zip(images, values, strict=True)
    ]
    patches, wholes = nine_sprites(filter_)
    for column, key, pictures, what in ((found, _PATCHES, patches, "patch of "), (where, _MARKED, wholes, "")):
        with column:
            mosaic(
                pictures,
                key=key,
                alts=[what + alt for alt in alts],
                selected=at[0] if at else None,
                **_NINE,
            )


def _draw_climb(filter_: Chosen) -> Climbed | None:
    """Draw the picture that was made for the filter, step by step."""
    st.markdown("**Made for it**, by climbing the slope")
    asked = filter_.snapshot, filter_.row.name, filter_.feature, filter_.smooth
    climbed = result(cached.ascent, *asked, text="The climb: step {count} of {total}.", key="activations.ascent")
    if climbed is not None:
        climb(filter_, climbed, key="activations.climbed")
    return climbed


def _compared(filter_: Chosen, best: float, climbed: Climbed | None) -> str:
    """Say how far the made picture gets beyond every image."""
    count = len(chosen(len(filter_.dataset.test)))
    if best == 0 and filter_.row.layer.activation_inside == "relu":
        return f"None of {count:,} test images lets this filter answer at all: it is dead, as far as they tell."
    if climbed is None:
        return f"Of {count:,} test images these {min(BEST, count)} excite it most: look for what they have in common."
    reached = float(climbed.values[-1])
    if reached < best:
        why = "what is smooth hardly excites it: try free" if filter_.smooth else "a climb may end on a lower hill"
        return (
            f"The made picture reaches {written(reached, '.2f')}, less than the best of {count:,} test images, "
            f"{written(best, '.2f')}: {why}."
        )
    ratio = f", {reached / best:.1f} times as much" if best > 0 else ""
    return (
        f"The made picture reaches {written(reached, '.2f')}, the best of {count:,} test images "
        f"{written(best, '.2f')}{ratio}: what excites a filter most need not look like anything there is."
    )


def _described(filter_: Chosen) -> str:
    """Say what is drawn."""
    row, count = filter_.row, len(chosen(len(filter_.dataset.test)))
    inside = row.layer.activation_inside in (None, "linear")
    when = "before what follows it" if inside else "after its activation"
    return (
        "Weights: blue positive, white zero, orange negative, one range for the filter, and each slice’s share of all "
        "squared weights. Click one to walk on to the filter that makes that map. "
        f"Values: of {row.name} {when}, in {count:,} test images {filter_.dataset.figures_note}; each sees "
        f"{row.receptive_field} × {row.receptive_field} pixels, gray beyond the image. Made picture: for the middle of "
        f"the map, {STEPS} steps from faint noise, {_climbs(filter_)}. Olah et al. 2017."
    )


def _climbs(filter_: Chosen) -> str:
    """Say how the picture is made."""
    if not filter_.smooth:
        return "each pixel on its own, which finds fine patterns that no photograph holds"
    way = "the way photographs vary: low frequencies and gray more than high ones and colors"
    pixels = shaken_by(filter_.row)
    if not pixels:
        return f"{way} (preconditioning in the Fourier basis)"
    far = "one pixel" if pixels == 1 else f"{spelled(pixels)} pixels"
    return f"{way}, shaken by up to {far} (preconditioning in the Fourier basis, and jitter)"
