"""How long the browser takes for a network's answer to an image, on one core, and what is sent for it."""

import base64

import numpy as np
import pytest
from playwright.sync_api import Browser

from core.data.sets import sample
from core.training.routes import weights
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from tests.benchmarks.conftest import Record
from tests.browser.test_forward import SCRIPTS

TIMED = """({ steps, weights, address, images, rounds }) => {
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  const network = new forward.Network(steps, forward.decoded(bytes.buffer, address), [32, 32, 3]);
  return Array.from({ length: rounds }, (_, round) => {
    const start = performance.now();
    network.run(images[round % images.length]);
    return performance.now() - start;
  }).slice(rounds / 2);
}"""


@pytest.mark.parametrize("name", ["tutorial", "fast", "strong"])
def test_one_image(browser: Browser, record: Record, name: str) -> None:
    page = browser.new_page()
    run = find_run(name)
    snapshot = Snapshot(run, run.epochs[-1])
    for script in SCRIPTS:
        page.add_script_tag(content=script)
    packed = weights.packed(snapshot)
    images = np.asarray(sample.load().test.images).reshape(20, -1).tolist()
    given = {"steps": weights.steps(snapshot), "weights": base64.b64encode(packed.data).decode(), "images": images}
    record(f"{name}: one image", "ms", page.evaluate(TIMED, given | {"address": packed.digest, "rounds": 60}))
    record(f"{name}: its weights", "kB", [len(packed.data) / 1000])
    page.close()
