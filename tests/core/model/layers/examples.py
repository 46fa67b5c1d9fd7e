"""Layers of every kind there is, made from what the kinds say of themselves: a new kind is tested by itself."""

import json
from dataclasses import MISSING
from typing import Any

from hypothesis import strategies as st

from core.model.layers import KINDS, Layer, layer_from_json, offered
from core.model.layers.convolution import Conv2D
from core.model.layers.dense import Dense
from core.model.layers.pooling import MaxPooling2D
from core.model.layers.reshaping import Flatten
from core.model.layers.residual import CHANNELS, Residual
from core.model.layers.settings import LayerSetting
from core.model.structure.architecture import Architecture
from core.settings import Choice, defaults

KEPT = 4
"""Channels of the maps that flow into an example."""

BEFORE = (MaxPooling2D(), Conv2D(filters=KEPT, activation="linear"))
HEAD = Dense(units=10, activation="linear")


def values_of(setting: LayerSetting) -> list[Any]:
    """All values of a choice; of a number the lowest and one above, and None where that is allowed."""
    values = setting.values
    if isinstance(values, Choice):
        return list(values.words)
    above = values.low + 2 if values.whole else round(values.high / 2, 2)
    return [values.low, above, *([None] if values.none else [])]


def variants(kind: type[Layer]) -> list[Layer]:
    """The layer as the builder makes it, and it with each value of each setting, one at a time."""
    fresh = json.loads(json.dumps(kind.fresh()).replace(f'"{CHANNELS}"', str(KEPT)))
    settings = LayerSetting.of(kind).items()
    changes = [{name: value} for name, setting in settings for value in values_of(setting)]
    return list(dict.fromkeys(layer_from_json(fresh | change) for change in ({}, *changes)))


def every_layer() -> list[Layer]:
    """Variants of all kinds."""
    return [layer for kind in KINDS.values() for layer in variants(kind)]


def around(layer: Layer) -> Architecture:
    """A network in which a layer stands where it can: behind feature maps, or behind a vector."""
    for layers in ((*BEFORE, layer, Flatten(), HEAD), (*BEFORE, Flatten(), layer, HEAD), (*BEFORE, layer, HEAD)):
        architecture = Architecture(layers=layers)
        if architecture.trace().error is None:
            return architecture
    raise AssertionError(f"Expected a network that {layer} fits into. Received none.")


def everything() -> list[Architecture]:
    """Small networks that hold every kind of layer together, one for every way from feature maps to a vector."""
    maps: list[tuple[bool, Layer]] = []
    ways, behind = [], []
    for layer in (variants(kind)[0] for kind in offered()):
        shapes = [row.output_shape for row in Architecture(layers=(*BEFORE, layer)).trace().rows if row.position == 2]
        if not shapes:
            behind.append(layer)
        elif len(shapes[-1]) == 1:
            ways.append(layer)
        else:
            maps.append((shapes[-1][-1] != KEPT, layer))  # what changes the number of maps comes last
    first = [layer for _, layer in sorted(maps, key=lambda each: each[0])]
    return [Architecture(layers=(*BEFORE, *first, way, *behind, HEAD)) for way in ways]


def any_value(setting: LayerSetting) -> st.SearchStrategy[Any]:
    """Any value that a setting allows, numbers with the six digits that a link holds."""
    values = setting.values
    if isinstance(values, Choice):
        return st.sampled_from(list(values.words))
    if values.whole:
        numbers = st.integers(int(values.low), int(values.high))
        return st.none() | numbers if values.none else numbers
    return st.integers(int(values.low * 10**6), int(values.high * 10**6)).map(lambda n: n / 10**6)


def any_of(kind: type[Layer]) -> st.SearchStrategy[Layer]:
    """Any layer of a kind, some settings left at their defaults."""
    needed, optional = {}, {}
    for name, setting in LayerSetting.of(kind).items():
        (needed if defaults(kind)[name] is MISSING else optional)[name] = any_value(setting)
    return st.fixed_dictionaries(needed, optional=optional).map(lambda options: kind(**options))


plain = st.one_of([any_of(kind) for kind in KINDS.values() if kind.nests])
blocks = st.lists(plain, min_size=1, max_size=3).map(lambda layers: Residual(layers=tuple(layers)))
architectures = st.builds(
    Architecture,
    layers=st.lists(plain | blocks, min_size=1, max_size=8).map(tuple),
    input_scaling=st.sampled_from(["unit", "standard"]),
)
