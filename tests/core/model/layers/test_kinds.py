"""Every kind of layer, in every variant that its settings allow, beside Keras: nothing here names a kind."""

import inspect
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.model.construction.network import build
from core.model.layers import KINDS, Layer, layer_from_json, layer_from_text, offered
from core.model.layers.settings import UNSAID, LayerSetting
from core.model.structure.architecture import Architecture
from core.model.structure.script import model_code
from tests.core.model.layers.examples import around, every_layer, everything

ROOT = Path(__file__).parents[4]
LAYERS = every_layer()
of_every_layer = pytest.mark.parametrize("layer", LAYERS, ids=[layer.to_text() for layer in LAYERS])

Table = list[tuple[str, tuple[int, ...], int]]


def table(network: keras.Model) -> Table:
    """Kind, output shape and parameters of every layer, as Keras says."""
    layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
    return [(type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params()) for layer in layers]


def exported(architecture: Architecture) -> keras.Model:
    """What the exported code makes."""
    scope: dict[str, object] = {"keras": keras, "layers": keras.layers}
    exec(model_code(architecture, seed=5), scope)
    assert isinstance(scope["model"], keras.Model)
    return scope["model"]


@of_every_layer
def test_shapes_and_parameters_are_those_of_keras_and_of_the_exported_code(layer: Layer) -> None:
    architecture = around(layer)
    network = build(architecture, seed=5)
    ours = [(row.kind, row.output_shape, row.parameters) for row in architecture.rows()]
    assert ours == table(network) == table(exported(architecture))
    assert [row.name for row in architecture.rows()] == [each.name for each in network.layers[1:]]
    trainable = sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)
    assert sum(row.trainable_parameters for row in architecture.rows()) == trainable


@of_every_layer
def test_the_exported_code_computes_the_very_same(layer: Layer) -> None:
    """Random numbers too: initial weights, and what is dropped while training."""
    architecture = around(layer)
    ours, theirs = build(architecture, seed=5), exported(architecture)
    pixels = np.random.default_rng(0).random((4, 32, 32, 3), np.float32)
    for training in (True, False):
        np.testing.assert_array_equal(theirs(pixels, training=training), ours(pixels, training=training))


@of_every_layer
def test_formulas_come_to_the_parameters(layer: Layer) -> None:
    for row in around(layer).rows():
        assert eval(row.formula.replace(" x ", "*").replace(",", "") or "0") == row.parameters


@of_every_layer
def test_the_receptive_field_is_where_gradients_come_from(layer: Layer) -> None:
    """Of many random images, so that every place is once the largest of its window."""
    architecture = around(layer)
    network = build(architecture, seed=0)
    pixels = tf.constant(np.random.default_rng(0).normal(size=(100, 32, 32, 3)), tf.float32)
    for row in architecture.rows():
        if len(row.output_shape) == 3 and row.receptive_field < 24:  # as far as it lies within the image
            maps = keras.Model(network.inputs, network.get_layer(row.name).output)
            with tf.GradientTape() as tape:
                tape.watch(pixels)
                middle = maps(pixels)[:, row.output_shape[0] // 2, row.output_shape[1] // 2]
                value = tf.reduce_sum(middle**2)
            met = np.abs(tape.gradient(value, pixels)).sum(axis=(0, 3)) > 0
            for axis in (0, 1):
                places = np.flatnonzero(met.any(axis=axis))
                assert places[-1] - places[0] + 1 == row.receptive_field


@of_every_layer
def test_gradients_reach_every_weight_and_the_image(layer: Layer) -> None:
    network = build(around(layer), seed=0)
    pixels = tf.constant(np.random.default_rng(0).normal(size=(16, 32, 32, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        value = tf.reduce_sum(network(pixels, training=True) ** 2)
    slopes = tape.gradient(value, [pixels, *(variable.value for variable in network.trainable_variables)])
    assert all(slope is not None and np.isfinite(slope).all() for slope in slopes)
    assert all(np.any(slope) for slope in slopes)


@of_every_layer
def test_json_and_links_hold_the_layer_and_no_other_kind_claims_it(layer: Layer) -> None:
    assert layer_from_json(layer.to_json()) == layer
    assert layer_from_text(layer.to_text()) == layer
    assert [kind for kind in KINDS.values() if kind.from_text(layer.to_text())] == [type(layer)]


@of_every_layer
def test_every_layer_has_a_label_and_keeps_its_word_about_the_shape(layer: Layer) -> None:
    rows = [row for row in around(layer).rows() if row.inside is None]
    before, after = next((a, b) for a, b in pairwise(rows) if b.layer is layer or b.kind == "Add")
    assert layer.label
    assert not layer.keeps_shape or before.output_shape == after.output_shape


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if hasattr(keras.layers, kind.__name__)])
def test_what_is_left_unsaid_is_what_keras_assumes(kind: type[Layer]) -> None:
    signature = inspect.signature(getattr(keras.layers, kind.__name__))
    for name, setting in LayerSetting.of(kind).items():
        if setting.assumed is not UNSAID:
            default = signature.parameters[name].default
            meant = "linear" if name == "activation" and default is None else {(1, 1): 1}.get(default, default)
            assert setting.assumed == meant


def test_every_kind_is_offered_once_with_letters_of_its_own() -> None:
    assert sorted(offered(), key=str) == sorted(KINDS.values(), key=str)
    assert len({kind.letters for kind in KINDS.values()}) == len({kind.rank for kind in KINDS.values()}) == len(KINDS)
    undescribed = [kind.__name__ for kind in KINDS.values() if (kind.__doc__ or "").startswith(kind.__name__)]
    assert not undescribed  # a dataclass without a docstring gets its signature for one


def test_the_networks_of_everything_hold_everything() -> None:
    kinds = {layer.kind for architecture in everything() for layer in architecture.layers}
    assert kinds == set(KINDS)
    assert all(architecture.trace().error is None for architecture in everything())


def test_layers_are_known_without_tensorflow() -> None:
    script = (
        "import sys; from core.model.structure.architecture import Architecture; "
        "from core.model.structure.script import keras_script; "
        "keras_script(Architecture.strong()); assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)
