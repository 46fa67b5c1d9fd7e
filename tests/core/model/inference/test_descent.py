"""Losses, slopes and steps are those of Keras, written down here without our code, and those of finite differences."""

from contextlib import AbstractContextManager

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.askers import NOBODY
from core.data.examples import Examples
from core.errors import TooLargeError
from core.model import gate as gates
from core.model.construction.network import build
from core.model.gate import Gate
from core.model.inference import descent
from core.model.inference.networks import Network
from core.model.structure.architecture import Architecture
from core.model.structure.weights import Weight
from core.page_runs import PageRuns

EXAMPLES = Examples(
    images=np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8), labels=np.array([3, 0, 9, 3, 1])
)
PIXELS = EXAMPLES.images.astype(np.float32) / 255
BLOCKS = Architecture.from_text("s-c8p-(c8pb-n-r-c8plb-n)-r-o0.3-a2-c6k5s2-f-d12-d10l")
ALL = pytest.mark.parametrize("architecture", [Architecture.tutorial(), BLOCKS])


def trained(architecture: Architecture) -> keras.Model:
    """A model whose normalization does something."""
    model = build(architecture, seed=5)
    for layer in model.layers:
        if "normalization" in layer.name:
            layer.moving_mean.assign(np.linspace(-0.2, 0.3, layer.moving_mean.shape[0]))
            layer.moving_variance.assign(np.linspace(0.5, 2, layer.moving_variance.shape[0]))
    return model


def in_keras(model: keras.Model) -> tuple[float, np.ndarray, dict[str, np.ndarray]]:
    """Loss, logits and gradients by Keras' own loss and a tape around the model."""
    with tf.GradientTape() as tape:
        logits = model(PIXELS, training=False)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(EXAMPLES.labels, logits)
    found = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
    names = [variable.path.replace("/", ".") for variable in model.trainable_variables]
    return float(loss), np.asarray(logits), dict(zip(names, map(np.asarray, found), strict=True))


@ALL
def test_loss_logits_and_every_slope_are_those_of_keras(architecture: Architecture) -> None:
    model = trained(architecture)
    loss, logits, gradients = in_keras(model)
    found = descent.slopes(Network.of(model, architecture), EXAMPLES)
    assert found.loss == pytest.approx(loss, abs=1e-5)
    np.testing.assert_allclose(found.logits, logits, atol=1e-5)
    assert list(found.gradients) == list(gradients)
    for name, slopes in gradients.items():
        np.testing.assert_allclose(found.gradients[name], slopes, atol=1e-5, err_msg=name)


@ALL
def test_a_course_is_plain_sgd(architecture: Architecture) -> None:
    model = trained(architecture)
    network = Network.of(model, architecture)
    weight = Weight("conv2d_1.kernel", (0, 1, 2, 3))
    found = descent.course(network, EXAMPLES, rate=0.05, steps=3, weight=weight)
    optimizer = keras.optimizers.SGD(0.05)
    for moment in range(4):
        loss, logits, gradients = in_keras(model)
        assert found.losses[moment] == pytest.approx(loss, abs=1e-5)
        np.testing.assert_allclose(found.logits[moment], logits[0], atol=2e-5)
        kernel = next(each for each in model.trainable_variables if each.path == "conv2d_1/kernel")
        assert found.values[moment] == pytest.approx(float(np.asarray(kernel)[weight.index]), abs=1e-6)
        assert found.slopes[moment] == pytest.approx(float(gradients[weight.variable][weight.index]), abs=1e-5)
        steepness = sum(float((slopes.astype(np.float64) ** 2).sum()) for slopes in gradients.values())
        assert found.steepness[moment] == pytest.approx(steepness, rel=1e-4)
        optimizer.apply([tf.constant(each) for each in gradients.values()], model.trainable_variables)


def test_a_weight_alone_moves_the_loss_as_its_slope_says() -> None:
    """The third way to a slope: two losses, a small way apart."""
    architecture = Architecture.tutorial()
    network = Network.of(trained(architecture), architecture)
    gradients = descent.slopes(network, EXAMPLES).gradients
    for variable, index in (("conv2d.kernel", (1, 1, 0, 4)), ("dense.kernel", (7, 5)), ("dense_1.bias", (3,))):
        weight = Weight(variable, index)
        value = descent.course(network, EXAMPLES, rate=0.1, steps=0, weight=weight).values[0]
        low, high = descent.losses_along(network, EXAMPLES, weight, (value - 0.005, value + 0.005))
        assert (high - low) / 0.01 == pytest.approx(float(gradients[variable][index]), rel=0.05, abs=2e-4)


def test_others_need_not_wait_for_all_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []

    class Counting(Gate):
        def turn(self, need_bytes: int) -> AbstractContextManager[None]:
            turns.append(need_bytes)
            return super().turn(need_bytes)

    network = Network.of(build(Architecture.tutorial(), seed=0), Architecture.tutorial())
    weight = Weight("conv2d.kernel", (0, 0, 0, 0))
    monkeypatch.setattr(descent, "gate", Counting(places=1))
    at_once = descent.losses_along(network, EXAMPLES, weight, [0.1, 0.2, 0.3])
    monkeypatch.setattr(descent, "MOST_S", 0.0)
    turns.clear()
    assert descent.losses_along(network, EXAMPLES, weight, [0.1, 0.2, 0.3]).tolist() == at_once.tolist()
    assert len(turns) == 3


def test_others_need_not_wait_for_all_steps_and_what_is_kept_meanwhile_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = dict[str, list[int]](gate=[], between_turns=[])

    class Counting(Gate):
        def turn(self, need_bytes: int) -> AbstractContextManager[None]:
            turns["gate" if self is descent.gate else "between_turns"].append(need_bytes)
            return super().turn(need_bytes)

    network = Network.of(build(Architecture.tutorial(), seed=0), Architecture.tutorial())
    weight = Weight("conv2d.kernel", (0, 0, 0, 0))
    for name in turns:
        monkeypatch.setattr(descent, name, Counting(places=1))
    at_once = descent.course(network, EXAMPLES, rate=0.1, steps=3, weight=weight)
    monkeypatch.setattr(descent, "MOST_S", 0.0)
    turns["gate"].clear()
    found = descent.course(network, EXAMPLES, rate=0.1, steps=3, weight=weight)
    assert len(turns["gate"]) == 4
    assert turns["between_turns"] == 2 * [4 * Architecture.tutorial().parameter_count]
    assert found.losses.tolist() == at_once.losses.tolist()


def test_the_step_of_one_weight_alone() -> None:
    architecture = Architecture.tutorial()
    network = Network.of(trained(architecture), architecture)
    weight = Weight("dense_1.bias", (3,))
    found = descent.course(network, EXAMPLES, rate=2.0, steps=1, weight=weight)
    (alone,) = descent.losses_along(network, EXAMPLES, weight, [found.values[0] - 2.0 * found.slopes[0]])
    assert found.alone[0] == pytest.approx(alone, abs=1e-7)
    assert found.losses[1] != pytest.approx(alone, abs=1e-3)


@pytest.mark.parametrize("steps", [True, False])
def test_a_page_waits_once_to_go_on_not_after_every_turn(steps: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = PageRuns(places=1)
    for module in (descent, gates):
        monkeypatch.setattr(module, "page_runs", runs)
    monkeypatch.setattr(descent, "MOST_S", 0.0)
    network = Network.of(build(Architecture.tutorial(), seed=0), Architecture.tutorial())
    weight = Weight("conv2d.kernel", (0, 0, 0, 0))
    runs.begin(NOBODY)
    if steps:
        descent.course(network, EXAMPLES, rate=0.1, steps=3, weight=weight)
    else:
        descent.section(network, EXAMPLES, weight, samples=3)
    runs.end()
    assert runs._came == 2


def test_a_section_is_the_loss_with_one_weight_set_anew() -> None:
    architecture = Architecture.tutorial()
    model = trained(architecture)
    weight = Weight("conv2d_1.kernel", (0, 1, 2, 3))
    found = descent.section(Network.of(model, architecture), EXAMPLES, weight, samples=97)
    kernel = next(each for each in model.trainable_variables if each.path == "conv2d_1/kernel")
    start = np.asarray(kernel).copy()
    assert found.values[len(found.values) // 2] == pytest.approx(float(start[weight.index]))
    for place in (0, 40, 96):
        changed = start.copy()
        changed[weight.index] = found.values[place]
        kernel.assign(changed)
        assert found.losses[place] == pytest.approx(in_keras(model)[0], abs=1e-5)
    kernel.assign(start)
    loss, _, gradients = in_keras(model)
    assert (found.loss, found.slope) == pytest.approx((loss, float(gradients[weight.variable][weight.index])), abs=1e-5)
    assert dict(found.differences)[0.01] == pytest.approx(found.slope, rel=0.02)


@ALL
def test_the_way_back_is_that_of_keras_layer_by_layer(architecture: Architecture) -> None:
    """The slope by what is added to one layer's output, while all layers are called one by one, without our graph."""
    model = trained(architecture)
    found = descent.way_back(Network.of(model, architecture), EXAMPLES.images[1], int(EXAMPLES.labels[1]))
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for layer in model.layers[1:]:
        held = tf.Variable(tf.zeros((1, *layer.output.shape[1:])))
        value = {model.layers[0].name: tf.constant(PIXELS[1:2])}
        with tf.GradientTape() as tape:
            for each in model.layers[1:]:
                inputs = each.input if isinstance(each.input, list) else [each.input]
                given = [value[one._keras_history.operation.name] for one in inputs]
                value[each.name] = each(given if len(given) > 1 else given[0], training=False)
                if each is layer:
                    value[each.name] = value[each.name] + held
            loss = loss_of(EXAMPLES.labels[1:2], value[model.layers[-1].name])
        assert found.loss == pytest.approx(float(loss), abs=1e-5)
        slope = np.asarray(tf.convert_to_tensor(tape.gradient(loss, held)))[0]
        np.testing.assert_allclose(found.outputs[layer.name], np.asarray(value[layer.name])[0], atol=2e-5)
        np.testing.assert_allclose(found.slopes[layer.name], slope, atol=1e-5, err_msg=layer.name)


def test_relu_passes_no_slope_where_it_is_zero_and_pooling_hands_it_to_the_winner_alone() -> None:
    architecture = Architecture.tutorial()
    found = descent.way_back(Network.of(trained(architecture), architecture), EXAMPLES.images[0], 3)
    sums, passed, arriving = found.sums["conv2d"], found.sum_slopes["conv2d"], found.slopes["conv2d"]
    np.testing.assert_array_equal(passed, np.where(sums > 0, arriving, 0))
    maps, by_pooled = found.outputs["conv2d"], found.slopes["max_pooling2d"]  # (30, 30, 32), (15, 15, 32)
    windows = maps.reshape(15, 2, 15, 2, 32).transpose(0, 2, 4, 1, 3).reshape(15, 15, 32, 4)
    handed = arriving.reshape(15, 2, 15, 2, 32).transpose(0, 2, 4, 1, 3).reshape(15, 15, 32, 4)
    winners = np.eye(4)[windows.argmax(axis=-1)] > 0
    np.testing.assert_allclose(handed[winners], by_pooled.ravel(), atol=1e-7)
    assert not handed[~winners].any()


def test_running_means_are_no_weights_to_learn() -> None:
    network = Network.of(trained(BLOCKS), BLOCKS)
    variables = descent.variables(network)
    assert [each.name for each in variables if not each.learned] == ["moving_mean", "moving_variance"] * 2
    assert not Weight("batch_normalization.moving_mean", (0,)).fits(variables)
    assert Weight("batch_normalization.gamma", (7,)).fits(variables)
    assert not Weight("batch_normalization.gamma", (8,)).fits(variables)
    assert not Weight("conv2d.kernel", (0, 0, 0)).fits(variables)


def test_a_network_that_fills_too_much_memory_is_refused() -> None:
    heavy = Architecture.from_text("u-c512k1-" + "n-" * 25 + "ga-d10l")
    with pytest.raises(TooLargeError, match="Choose another run"):
        descent.slopes(Network.of(build(heavy, seed=0), heavy), EXAMPLES)


@pytest.mark.parametrize("text", ["", "conv2d", "conv2d.kernel", "conv2d.kernel.-1", "a.b.1.2.3.4.5", "a.b.\u0661"])
def test_nonsense_is_no_weight(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a layer"):
        Weight.of(text)
