"""Compiled networks answer as Keras does, from many threads at once, and cost no memory that grows."""

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import TooLargeError
from core.model.construction.network import build
from core.model.inference.networks import PROGRAM_BYTES, Network, _Program
from core.model.structure.architecture import Architecture

ROOT = Path(__file__).parents[4]
IMAGES = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), np.uint8)
BLOCKS = Architecture.from_text("s-c8p-(c8pb-n-r-c8plb-n)-r-o0.3-a2-c6k5s2-f-d12-d10l")


@pytest.mark.parametrize("architecture", [Architecture.tutorial(), Architecture.strong(), BLOCKS])
def test_logits_and_every_layer_are_those_of_keras(architecture: Architecture) -> None:
    model = build(architecture, seed=5)
    for layer in model.layers:  # a normalization that does something
        if "normalization" in layer.name:
            layer.moving_mean.assign(np.linspace(-0.2, 0.3, layer.moving_mean.shape[0]))
            layer.moving_variance.assign(np.linspace(0.5, 2, layer.moving_variance.shape[0]))
    network = Network.of(model, architecture)
    pixels = IMAGES.astype(np.float32) / 255
    np.testing.assert_allclose(network.logits(IMAGES), model(pixels, training=False), atol=2e-5)
    inside = network.inside(IMAGES[2])
    np.testing.assert_allclose(inside.logits, np.asarray(model(pixels[2:3], training=False))[0], atol=2e-5)
    value = {model.layers[0].name: pixels[2:3]}
    assert list(inside.outputs) == [row.name for row in architecture.rows()]
    for layer in model.layers[1:]:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        given = [value[each._keras_history.operation.name] for each in inputs]
        value[layer.name] = layer(given if len(given) > 1 else given[0], training=False)
        np.testing.assert_allclose(inside.outputs[layer.name], np.asarray(value[layer.name])[0], atol=2e-5)


def test_snapshots_of_one_architecture_do_not_mix_from_many_threads() -> None:
    models = [build(BLOCKS, seed=seed) for seed in range(8)]
    expected = [np.asarray(model(IMAGES.astype(np.float32) / 255, training=False)) for model in models]

    def ask(number: int) -> float:
        network = Network.of(models[number % 8], BLOCKS)
        of_one = network.inside(IMAGES[number % 7]).logits
        assert np.abs(of_one - expected[number % 8][number % 7]).max() < 1e-5
        return float(np.abs(network.logits(IMAGES) - expected[number % 8]).max())

    with ThreadPoolExecutor(16) as pool:
        assert max(pool.map(ask, range(64))) < 1e-5


def test_other_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected weights of the shapes"):
        Network.of(build(BLOCKS, seed=0), Architecture.tutorial())


def test_a_network_of_an_earlier_home_answers_but_does_not_hand_out_all_its_maps() -> None:
    heavy = Architecture.from_text("u-c512k1-" + "n-" * 25 + "ga-d10l")
    network = Network.of(build(heavy, seed=0), heavy)
    assert network.logits(IMAGES[:1]).shape == (1, 10)
    with pytest.raises(TooLargeError, match=r"fills 54\.5 MB. Choose another run"):
        network.inside(IMAGES[0])


def test_graphs_are_kept_up_to_a_number_of_bytes_whoever_holds_their_networks() -> None:
    """Stacks of nearly sixty layers: 15 MB of graphs each, whose networks take less than a tenth of a megabyte."""
    deep = [Architecture.from_text(f"u-c8s2-{'n-r-' * 27}c{number + 1}k1-f-d10l") for number in range(14)]
    networks = [Network.of(build(each, seed=0), each) for each in deep]
    assert all(network.nbytes < 500_000 for network in networks)
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, _Program)]
    assert 0 < sum(each.nbytes for each in kept) <= PROGRAM_BYTES
    assert len(kept) < len(deep)
    np.testing.assert_array_equal(networks[0].logits(IMAGES[:1]), networks[0].logits(IMAGES[:1]))  # made again


def test_three_hundred_networks_leave_little_memory_behind() -> None:
    """Weights of a known architecture leave nothing; a new one what TensorFlow keeps of every new shape."""
    if not Path("/proc/self/status").exists():
        pytest.skip("resident memory is read from /proc")
    script = """
import numpy as np
from core.model.structure.architecture import Architecture
from core.model.layers.convolution import Conv2D
from core.model.layers.dense import Dense
from core.model.layers.reshaping import GlobalAveragePooling2D
from core.model.inference.networks import Network
from core.model.construction.network import build

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1e3 for line in file if line.startswith("RssAnon"))

def ask(model, architecture):
    network = Network.of(model, architecture)
    network.logits(image)
    network.inside(image[0])

image = np.zeros((1, 32, 32, 3), np.uint8)
tutorial = Architecture.tutorial()
model = build(tutorial, seed=0)
marks = []
for number in range(220):
    if number in (20, 219):
        marks.append(resident())
    ask(model, tutorial)
for number in range(80):
    first = (Conv2D(filters=number % 10 + 1), Conv2D(filters=number + 1))
    architecture = Architecture(layers=(*first, GlobalAveragePooling2D(), Dense(units=10, activation="linear")))
    ask(build(architecture, seed=0), architecture)
    if number in (39, 79):
        marks.append(resident())
print(*marks)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    first, last, forty, eighty = map(float, done.stdout.split()[-4:])
    print(f"200 snapshots: {last - first:.1f} MB; 40 architectures: {eighty - forty:.1f} MB")
    assert last - first < 20
    assert eighty - forty < 40 * 2
