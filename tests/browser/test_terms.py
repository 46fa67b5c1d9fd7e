"""What one output is made of, and what it sees, computed in Chromium: against NumPy and Keras' gradients."""

import base64
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from playwright.sync_api import Page

from core.data.sets import sample
from core.model.structure.architecture import Architecture
from core.training.routes import weights
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.shared import modules
from tests.browser.test_forward import FOLDER, by_keras, described, randomized

SCRIPTS = [f"window.{name} = {modules.script(Path(FOLDER) / f'{name}.js')}" for name in ("forward", "terms", "field")]
SETUP = """({ steps, weights, image }) => {
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  window.network = new forward.Network(steps, new Float32Array(bytes.buffer), [32, 32, 3]);
  network.run(image);
}"""
IMAGE = np.asarray(sample.load().test.images[0])


def put_to_work(page: Page, steps: list[dict], numbers: bytes) -> None:
    for script in SCRIPTS:
        page.add_script_tag(content=script)
    page.evaluate(
        SETUP, {"steps": steps, "weights": base64.b64encode(numbers).decode(), "image": IMAGE.ravel().tolist()}
    )


@pytest.fixture
def tutorial(page: Page) -> Snapshot:
    snapshot = Snapshot(find_run("tutorial"), 10)
    put_to_work(page, weights.steps(snapshot), weights.packed(snapshot).data)
    return snapshot


PARTS = """([at, filter]) => {
  const parts = terms.partsOf(network, at, filter), { sum, bias, result } = terms.sumsOf(network, at, filter, parts);
  return { parts: parts.map(({ map, kernel, partial, strength }) => [map, [...kernel], [...partial], strength]),
           sum: [...sum], bias, result: [...result] };
}"""


@pytest.mark.parametrize(("at", "filters"), [(0, 3), (2, 7), (4, 40)])
def test_partial_sums_add_up_to_the_map(page: Page, tutorial: Snapshot, at: int, filters: int) -> None:
    model = tutorial.keras_model()
    outputs = [IMAGE[np.newaxis] / 255, *by_keras(model, IMAGE[np.newaxis])]
    kernel, bias = model.layers[at + 1].get_weights()
    found = page.evaluate(PARTS, [at, filters])
    assert [part[0] for part in found["parts"]] != sorted(part[0] for part in found["parts"]) or at == 0
    strengths = [part[3] for part in found["parts"]]
    assert strengths == sorted(strengths, reverse=True)
    for number, weights_of, partial, strength in found["parts"]:
        taken = outputs[at][..., number : number + 1].astype(np.float32)
        wanted = tf.nn.conv2d(taken, kernel[:, :, number : number + 1, filters : filters + 1], 1, "VALID")
        np.testing.assert_array_equal(weights_of, kernel[:, :, number, filters].ravel())
        np.testing.assert_allclose(partial, np.ravel(wanted), atol=1e-5)
        assert strength == pytest.approx(float(np.abs(wanted).mean()), abs=1e-5)
    assert found["bias"] == pytest.approx(bias[filters])
    np.testing.assert_allclose(found["result"], outputs[at + 1][0, ..., filters].ravel(), atol=1e-4)


TERMS = "([at, filter, y, x]) => terms.termsOf(network, at, filter, y, x)"


def test_products_are_those_of_the_window_largest_first(page: Page, tutorial: Snapshot) -> None:
    kernel, _ = tutorial.keras_model().layers[1].get_weights()
    found = page.evaluate(TERMS, [0, 5, 11, 17])
    assert len(found) == 27
    sizes = [abs(term["product"]) for term in found]
    assert sizes == sorted(sizes, reverse=True)
    for term in found:
        row, column, channel = term["row"], term["column"], term["map"]
        assert term["value"] == pytest.approx(IMAGE[row, column, channel] / 255)
        assert term["weight"] == pytest.approx(kernel[row - 11, column - 17, channel, 5])
        assert term["product"] == pytest.approx(term["value"] * term["weight"])
    assert {(term["row"], term["column"], term["map"]) for term in found} == {
        (y, x, c) for y in (11, 12, 13) for x in (17, 18, 19) for c in range(3)
    }


def test_a_units_contributions_add_up_and_stand_for_their_maps(page: Page, tutorial: Snapshot) -> None:
    model = tutorial.keras_model()
    outputs = by_keras(model, IMAGE[np.newaxis])
    kernel, _ = model.layers[7].get_weights()
    parts = page.evaluate("terms.partsOfUnit(network, 6, 20, 5).map(({ map, partial }) => [map, [...partial]])")
    products = (outputs[4][0] * kernel[:, 20].reshape(4, 4, 64)).transpose(2, 0, 1)
    for number, partial in parts:
        np.testing.assert_allclose(partial, products[number].ravel(), atol=1e-6)
    totals = [abs(sum(partial)) for _, partial in parts]
    np.testing.assert_allclose(totals, sorted(totals, reverse=True), atol=1e-6)
    logits = page.evaluate("terms.termsOf(network, 7, 3, 0, 0)")
    assert len(logits) == 64
    _, bias = model.layers[8].get_weights()
    assert sum(term["product"] for term in logits) + bias[3] == pytest.approx(outputs[-1][0, 3], abs=1e-4)


def test_winners_hold_the_pooled_values(page: Page, tutorial: Snapshot) -> None:
    outputs = by_keras(tutorial.keras_model(), IMAGE[np.newaxis])
    winners = page.evaluate("[...terms.winnersOf(network, 1, 2)]")
    np.testing.assert_array_equal(outputs[0][0, ..., 2].ravel()[winners], outputs[1][0, ..., 2].ravel())


FIELD = "([value, box]) => [...field.fieldOf(network.steps, network.shapes, value, box)]"
NETWORKS = ("u-c8-m2-c8s2p-dw-a3s2p-c4k2-f-d10l", "s-c6k2-c8p-m2p-n-r-(c8p-n-r-c8p-n)-r-a2-gm-d10l")


@pytest.mark.parametrize("text", NETWORKS)
def test_a_window_is_where_the_gradient_can_be(page: Page, text: str) -> None:
    """Changing a pixel outside of it changes nothing; its edges do change something."""
    architecture = Architecture.from_text(text)
    random = np.random.default_rng(0)
    model = randomized(architecture, random)
    put_to_work(page, *described(architecture, model))
    layers = [layer.output for layer in model.layers[1:]]
    reader = keras.Model(model.inputs, layers)
    images = random.uniform(size=(24, 32, 32, 3)).astype(np.float32)
    for number, row in enumerate(architecture.rows(), start=1):
        if len(row.output_shape) != 3:
            continue
        y, x = int(random.integers(row.output_shape[0])), int(random.integers(row.output_shape[1]))
        with tf.GradientTape() as tape:
            pixels = tf.constant(images)
            tape.watch(pixels)
            value = tf.reduce_sum(reader([pixels])[number - 1][:, y, x] ** 2)
        touched = np.abs(tape.gradient(value, pixels)).sum(axis=(0, 3)) > 0
        rows, columns = np.nonzero(touched.any(axis=1))[0], np.nonzero(touched.any(axis=0))[0]
        found = dict(map(tuple, page.evaluate(FIELD, [number, [y, y, x, x]])))[0]
        assert found == [rows[0], rows[-1], columns[0], columns[-1]], row.name


def test_the_tutorials_network_never_sees_the_last_two_rows_and_columns(page: Page, tutorial: Snapshot) -> None:
    assert dict(map(tuple, page.evaluate(FIELD, [8, [0, 0, 0, 0]])))[0] == [0, 29, 0, 29]
    before, after = page.evaluate(
        """(image) => {
          const before = [...network.run(image)];
          for (let pixel = 0; pixel < 1024; pixel++)
            if (pixel >= 30 * 32 || pixel % 32 >= 30) image.fill(77, 3 * pixel, 3 * pixel + 3);
          return [before, [...network.run(image)]];
        }""",
        IMAGE.ravel().tolist(),
    )
    assert before == after
