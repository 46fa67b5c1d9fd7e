import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import keras
import numpy as np
import pytest

from core import cached
from core.data import registry
from core.errors import ArchitectureError
from core.model.construction.network import build, pass_inputs_on, summary, whiten_first_layer
from core.model.gate import gate
from core.model.structure.architecture import Architecture

ROOT = Path(__file__).parents[4]
EVERY_KIND = "s-c8pg-n-r-tg-(c8plb-nu-tw-o0.25)-m2-c8k5s2pw-a2p-(c8p)-ga-d12g-d10l"


@pytest.mark.parametrize(
    "text",
    [
        Architecture.tutorial().to_text(),
        Architecture.strong().to_text(),
        Architecture.airbench().to_text(),
        EVERY_KIND,
        "u-c6s3-gm-d10l",
    ],
)
def test_layer_table_equals_keras(text: str) -> None:
    """Names, order, output shapes and parameters, layer by layer, as Keras counts them."""
    architecture = Architecture.from_text(text)
    network = build(architecture, seed=0)
    ours = [(row.name, row.kind, row.output_shape, row.parameters) for row in architecture.rows()]
    keras_layers = [layer for layer in network.layers if not isinstance(layer, keras.layers.InputLayer)]
    theirs = [(x.name, type(x).__name__, tuple(x.output.shape[1:]), x.count_params()) for x in keras_layers]
    assert ours == theirs
    assert architecture.parameter_count == network.count_params()
    trainable = sum(int(np.prod(v.shape)) for v in network.trainable_variables)
    assert sum(row.trainable_parameters for row in architecture.rows()) == trainable


def test_layer_table_equals_the_printed_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    lines: list[str] = []
    build(Architecture.tutorial(), seed=0).summary(print_fn=lines.append, line_length=120)
    printed = "\n".join(lines)
    for row in Architecture.tutorial().rows():
        assert row.name in printed
        assert f"{row.parameters:,}" in printed
    assert "94,890" in printed


def test_half_precision_becomes_single_where_the_processor_cannot() -> None:
    """oneDNN is held to a processor without AVX-512: it refuses bfloat16, which used to end the run."""
    script = """
import numpy as np
from core.model.structure.architecture import Architecture
from core.model.inference.networks import Network
from core.model.construction.network import build
model = build(Architecture.tutorial(), seed=0, dtype="mixed_bfloat16")
network = Network.of(model, Architecture.tutorial(), dtype="mixed_bfloat16")
print(np.isfinite(network.logits(np.ones((3, 32, 32, 3), np.uint8))).all())
"""
    environment = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["True"], done.stderr[-2000:]


def test_a_summary_is_made_once_for_all_who_ask_and_behind_the_gate() -> None:
    """It builds the whole network: whoever changed one digit of an address could have filled the memory."""
    architecture = Architecture.from_text("u-c7-m2-f-d10l")
    answer: list[str] = []
    with ExitStack() as everywhere:
        for _ in range(gate.places):
            everywhere.enter_context(gate.turn(0))
        asking = threading.Thread(target=lambda: answer.append(cached.summary(architecture)), daemon=True)
        asking.start()
        asking.join(0.3)
        assert asking.is_alive()
    asking.join(60)
    assert answer == [cached.summary(architecture)]
    assert answer[0] is cached.summary(architecture)
    assert f"{architecture.parameter_count:,}" in answer[0]
    assert max(map(len, answer[0].splitlines())) <= 78
    with pytest.raises(ArchitectureError):
        summary(Architecture.from_text("u-c512-c512-c512-f-d10l"))


def test_seed_decides_the_initial_weights() -> None:
    first, same, other = (build(Architecture.tutorial(), seed=seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_initial_weights_are_what_keras_itself_would_draw() -> None:
    """Glorot uniform: bounded by sqrt(6 / (inputs + outputs)), zero biases."""
    kernel, bias = build(Architecture.tutorial(), seed=0).layers[1].get_weights()
    limit = np.sqrt(6 / (27 + 9 * 32))
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.95 * limit
    assert not bias.any()


def test_logits_are_ten_numbers_and_a_guess() -> None:
    logits = build(Architecture.tutorial(), seed=0)(np.zeros((2, 32, 32, 3), np.float32))
    assert logits.shape == (2, 10)


def test_half_precision_has_the_same_weights_and_nearly_the_same_logits() -> None:
    pixels = np.random.default_rng(0).random((8, 32, 32, 3), np.float32)
    full = build(Architecture.tutorial(), seed=0)
    half = build(Architecture.tutorial(), seed=0, dtype="mixed_bfloat16")
    assert all(np.array_equal(a, b) for a, b in zip(full.get_weights(), half.get_weights(), strict=True))
    assert half(pixels).dtype == "float32"
    whole = np.asarray(full(pixels))
    # A processor that cannot computes both alike.
    assert np.abs(whole - half(pixels)).max() < 0.02 * np.abs(whole).max()  # bfloat16 has eight bits, 0.4 % a rounding


def test_whitened_feature_maps_are_uncorrelated() -> None:
    images = registry.load("digits").train.images[:500]
    images = np.random.default_rng(0).integers(0, 256, (200, 32, 32, 3), np.uint8) // 2 + images[:200] // 2
    network = build(Architecture.from_text("s-c24k2l-f-d10l"), seed=0)
    whiten_first_layer(network, images)
    maps = np.asarray(network.layers[2](network.layers[1](images.astype(np.float32) / 255)))[..., :12]
    correlation = np.corrcoef(maps[:, ::3, ::3].reshape(-1, 12), rowvar=False)
    assert np.abs(correlation - np.eye(12)).max() < 0.05


def test_whitening_leaves_what_it_cannot_fill() -> None:
    images = registry.load("digits").train.images[:100]
    for text in ("u-c70-f-d10l", "u-c7-f-d10l"):
        network, untouched = (build(Architecture.from_text(text), seed=0) for _ in range(2))
        whiten_first_layer(network, images)
        changed = (np.asarray(network.layers[1].kernel) != np.asarray(untouched.layers[1].kernel)).any(axis=(0, 1, 2))
        assert changed.sum() == {"u-c70-f-d10l": 54, "u-c7-f-d10l": 6}[text]
    network = build(Architecture.from_text("u-m2-c8-f-d10l"), seed=0)
    before = np.asarray(network.layers[2].kernel)
    whiten_first_layer(network, images)
    assert np.array_equal(network.layers[2].kernel, before)


def test_convolutions_that_pass_inputs_on_leave_the_maps_as_they_are() -> None:
    pixels = np.random.default_rng(0).random((2, 32, 32, 3), np.float32)
    network = build(Architecture.from_text("u-c4k2l-c6plb-c6k5plb-c2k2plb-f-d10l"), seed=0)
    untouched = [np.asarray(layer.kernel) for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    pass_inputs_on(network)
    first, second, third, even = network.layers[1:5]
    maps = np.asarray(first(pixels))
    assert np.allclose(np.asarray(third(second(maps)))[..., :4], maps, atol=1e-6)
    assert np.array_equal(first.kernel, untouched[0])
    assert np.array_equal(np.asarray(second.kernel)[..., 4:], untouched[1][..., 4:])  # no input map is left for them
    assert np.array_equal(even.kernel, untouched[3])


def test_impossible_stack_is_refused() -> None:
    with pytest.raises(ArchitectureError):
        build(Architecture.from_text("u-c32-d10l"), seed=0)
