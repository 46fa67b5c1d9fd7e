"""The network in the browser: every layer's output in real Chromium against Keras, for shipped runs and all kinds."""

import base64
from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Page

from core.config import IMAGE_SHAPE
from core.data.sets import digits, sample
from core.model.construction.network import build
from core.model.layers import KINDS, Layer
from core.model.structure.architecture import Architecture
from core.training.routes import weights
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages import shared
from pages.shared import modules
from tests.core.model.layers.examples import around, every_layer, everything

FOLDER = Path(shared.__file__).parent / "network"
SCRIPTS = [f"window.{name} = {modules.script(FOLDER / f'{name}.js')}" for name in ("forward", "layers")]
TOLERANCE = 1e-4
"""Of the shipped runs' values, which reach some tens; of random networks', which grow, a share of their largest."""

RUN = """({ steps, weights, address, images }) => {
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  const network = new forward.Network(steps, forward.decoded(bytes.buffer, address), [32, 32, 3]);
  const text = (values) => {
    let letters = "";
    new Uint8Array(values.buffer).forEach((byte) => (letters += String.fromCharCode(byte)));
    return btoa(letters);
  };
  return images.map((image) => {
    const logits = network.run(image);
    return [network.values.slice(1).map(text), forward.softmax(logits)];
  });
}"""


def at_work(page: Page, steps: list[dict], numbers: bytes, images: np.ndarray, address: str = ""):
    """Return of each image what every layer makes of it in the browser, and the probabilities."""
    for script in SCRIPTS:
        page.add_script_tag(content=script)
    given = {"steps": steps, "weights": base64.b64encode(numbers).decode(), "address": address}
    answers = page.evaluate(RUN, given | {"images": images.reshape(len(images), -1).tolist()})
    return [([np.frombuffer(base64.b64decode(text), "<f4") for text in layers], odds) for layers, odds in answers]


def by_keras(model: keras.Model, images: np.ndarray) -> list[np.ndarray]:
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    reader = keras.Model(model.inputs, [layer.output for layer in layers])
    return [np.asarray(values) for values in reader([images.astype(np.float32) / 255], training=False)]


def assert_equal(answers, model: keras.Model, images: np.ndarray, scale=lambda values: 1) -> None:
    wanted = by_keras(model, images)
    for number, (layers, probabilities) in enumerate(answers):
        assert len(layers) == len(wanted)
        for mine, theirs in zip(layers, wanted, strict=True):
            np.testing.assert_allclose(mine, theirs[number].ravel(), rtol=1e-5, atol=TOLERANCE * scale(theirs))
        np.testing.assert_allclose(probabilities, keras.ops.softmax(wanted[-1][number]), atol=TOLERANCE)


@pytest.mark.parametrize("name", ["tutorial", "fast-short", "fast", "strong", "digits"])
def test_every_layer_of_a_shipped_run_equals_keras(page: Page, name: str) -> None:
    run = find_run(name)
    images = np.asarray((digits if name == "digits" else sample).load().test.images[:4])
    for epoch in (run.epochs[0], run.epochs[-1]):
        snapshot = Snapshot(run, epoch)
        packed = weights.packed(snapshot)
        answers = at_work(page, weights.steps(snapshot), packed.data, images, packed.digest)
        assert_equal(answers, snapshot.keras_model(), images)


def test_every_number_of_half_precision_is_read_as_numpy_reads_it(page: Page) -> None:
    page.add_script_tag(content=SCRIPTS[0])
    bits = np.arange(2**16, dtype="<u2")
    got = page.evaluate(
        "(bits) => Array.from(forward.decoded(Uint16Array.from(bits).buffer, 'a.f2'), String)", bits.tolist()
    )
    np.testing.assert_array_equal(np.array(got, np.float32), bits.view("<f2").astype(np.float32))


def described(architecture: Architecture, model: keras.Model) -> tuple[list[dict], bytes]:
    """Return what `weights.steps` and `weights.packed` would of a network that is no snapshot."""
    held = {layer.name: [np.asarray(each, "<f4") for each in layer.weights] for layer in model.layers}
    shapes = {name: [list(each.shape) for each in values] for name, values in held.items()}
    rows = architecture.rows()
    return weights.described(architecture, shapes), b"".join(each.tobytes() for row in rows for each in held[row.name])


def randomized(architecture: Architecture, random: np.random.Generator) -> keras.Model:
    """A network none of whose weights is zero or one, as those of a fresh normalization are."""
    model = build(architecture, seed=1)
    for variable in model.weights:
        start = 0.5 if "variance" in variable.path else -0.5
        variable.assign(np.asarray(variable) + random.uniform(start, start + 1, variable.shape) * 0.4)
    return model


def test_every_layer_in_every_setting_equals_keras(page: Page) -> None:
    random = np.random.default_rng(3)
    images = random.integers(0, 256, (2, *IMAGE_SHAPE), np.uint8)
    networks = [around(layer) for layer in every_layer()] + everything()
    for architecture in (*networks, Architecture.airbench()):
        model = randomized(architecture, random)
        answers = at_work(page, *described(architecture, model), images)
        assert_equal(answers, model, images, scale=lambda values: 0.1 * np.abs(values).max())


def test_every_kind_can_be_computed(page: Page) -> None:
    page.add_script_tag(content=SCRIPTS[1])
    known = set(page.evaluate("Object.keys(layers.KINDS)"))
    assert {name for name, kind in KINDS.items() if not hasattr(kind, "layers")} | {"Add", "Rescaling"} == known
    assert all(issubclass(kind, Layer) for kind in KINDS.values())


def test_a_filter_that_is_switched_off_is_zero_from_there_on(page: Page) -> None:
    snapshot, image = Snapshot(find_run("tutorial"), 10), np.asarray(sample.load().test.images[0])
    for script in SCRIPTS:
        page.add_script_tag(content=script)
    mine = page.evaluate(
        """({ steps, weights, image }) => {
          const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
          const network = new forward.Network(steps, new Float32Array(bytes.buffer), [32, 32, 3]);
          network.off.add("0.5");
          return Array.from(network.run(image));
        }""",
        {
            "steps": weights.steps(snapshot),
            "weights": base64.b64encode(weights.packed(snapshot).data).decode(),
            "image": image.ravel().tolist(),
        },
    )
    model = snapshot.keras_model()
    first = model.layers[1]
    kernel, bias = first.get_weights()
    kernel[..., 5], bias[5] = 0, 0
    first.set_weights([kernel, bias])
    np.testing.assert_allclose(mine, by_keras(model, image[np.newaxis])[-1][0], atol=TOLERANCE)
