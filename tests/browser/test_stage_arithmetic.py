"""The stage's own arithmetic, run in real Chromium, against an independent float64 reference over all options."""

import math
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from core.charts import color
from core.ops import kernels
from core.ops.convolution import Operation, gray
from core.ops.geometry import BORDERS, NUMPY_BORDER, PADDINGS, Geometry
from pages.kernels import stage
from pages.shared import modules
from tests.core.ops.reference import reference

CASES = 600
FOLDER = Path(stage.__file__).parent
MATHS = f"window.maths = {modules.script(FOLDER / 'arithmetic.js')}"
COMPUTER = f"window.Computer = {modules.script(FOLDER / 'computer.js')}.Computer"
TOLERANCE = 1e-6


def random_case(random):
    taps = int(random.choice([1, 2, 3, 5, 7]))
    return {
        "height": int(random.integers(1, 15)),
        "width": int(random.integers(1, 15)),
        "taps": taps,
        "color": str(random.choice(["red", "green", "blue", "gray", "each", "filter"])),
        "pixels": [],
        "kernels": [],
        "options": {
            "stride": int(random.integers(1, 5)), "padding": str(random.choice(PADDINGS)),
            "custom": int(random.integers(0, 6)), "dilation": int(random.integers(1, 5)),
            "border": str(random.choice(BORDERS)), "flip": bool(random.integers(2)),
            "bias": float(np.round(random.normal(), 3)), "relu": bool(random.integers(2)),
        },
    }  # fmt: skip


def cases(count):
    random = np.random.default_rng(20)
    for _ in range(count):
        case = random_case(random)
        case["pixels"] = random.integers(0, 256, case["height"] * case["width"] * 3).tolist()
        number = 3 if case["color"] == "filter" else 1
        case["kernels"] = random.normal(size=(number, case["taps"] ** 2)).round(int(random.integers(0, 6))).tolist()
        yield case


def operation_of(options):
    geometry = Geometry(
        stride=options["stride"], padding=options["padding"], custom_padding=options["custom"],
        dilation=options["dilation"], border=options["border"],
    )  # fmt: skip
    return Operation(geometry=geometry, flip=options["flip"], bias=options["bias"], relu=options["relu"])


def planes_of(case):
    image = np.reshape(case["pixels"], (case["height"], case["width"], 3)) / 255
    if case["color"] in ("each", "filter"):
        return [image[..., c] for c in range(3)]
    if case["color"] == "gray":
        return [gray(image)]
    return [image[..., ["red", "green", "blue"].index(case["color"])]]


def expected(case):
    """What the stage should show, or None where the kernel does not fit."""
    operation = operation_of(case["options"])
    planes = planes_of(case)
    taps = case["taps"]
    span = operation.geometry.span(taps)
    if any(size + sum(operation.geometry.pads(size, taps)) < span for size in planes[0].shape):
        return None
    weights = [np.reshape(kernel, (taps, taps)) for kernel in case["kernels"]]
    plain = Operation(geometry=operation.geometry, flip=operation.flip)
    sums = [reference(plane, weights[c % len(weights)], plain) for c, plane in enumerate(planes)]
    maps = [sum(sums)] if case["color"] == "filter" else sums
    finished = [part + operation.bias for part in maps]
    return [np.maximum(part, 0) for part in finished] if operation.relu else finished


RUN = """(cases) => {
  return cases.map(({ pixels, height, width, kernels, taps, color, options }) => {
    const planes = maths.planesOf(pixels, height, width, 3, 255, color);
    const response = maths.respond(planes, height, width, kernels, taps, color, options);
    const size = [maths.outputSize(height, taps, options), maths.outputSize(width, taps, options)];
    const row = Math.floor(size[0] / 2), column = Math.floor(size[1] / 2);
    const parts = size[0] && size[1] ? planes.map((plane, c) =>
      maths.terms(plane, height, width, kernels[kernels.length > 1 ? c : 0], taps, options, row, column).sum) : [];
    const skipped = size[0] && size[1] ? maths.respond(planes, height, width, kernels, taps, color, options, 3) : null;
    return { size, results: response.results.map((map) => Array.from(map)), at: [row, column], parts,
             skipped: skipped && skipped.results.map((map) => Array.from(map)) };
  });
}"""


def test_every_option_equals_the_reference(page: Page):
    page.add_script_tag(content=MATHS)
    drawn = list(cases(CASES))
    answers = page.evaluate(RUN, drawn)
    compared = 0
    for case, answer in zip(drawn, answers, strict=True):
        wanted = expected(case)
        if wanted is None:
            assert 0 in answer["size"], case
            continue
        compared += 1
        height, width = wanted[0].shape
        assert answer["size"] == [height, width], case
        for mine, theirs in zip(answer["results"], wanted, strict=True):
            np.testing.assert_allclose(
                np.reshape(mine, (height, width)), theirs, rtol=0, atol=TOLERANCE, err_msg=str(case)
            )
        for mine, theirs in zip(answer["skipped"], wanted, strict=True):
            np.testing.assert_allclose(mine, theirs[::3, ::3].ravel(), rtol=0, atol=TOLERANCE)
        row, column = answer["at"]
        options = case["options"]
        sums = [sum(answer["parts"])] if case["color"] == "filter" else answer["parts"]
        for mine, theirs in zip(sums, wanted, strict=True):
            finished = max(mine + options["bias"], 0) if options["relu"] else mine + options["bias"]
            assert math.isclose(finished, theirs[row, column], abs_tol=TOLERANCE), case
    assert compared > CASES / 2


def test_borders_equal_numpy_however_far_they_reach(page: Page):
    page.add_script_tag(content=MATHS)
    for border in BORDERS:
        for size in range(1, 6):
            mine = page.evaluate(
                "([size, border]) => Array.from({ length: 25 }, (_, i) => maths.borderIndex(i - 12, size, border))",
                [size, border],
            )
            padded = np.pad(np.arange(1, size + 1), (12, 13 - size), mode=NUMPY_BORDER[border])
            assert [index + 1 for index in mine] == padded.tolist()


def test_kernels_are_changed_as_numpy_changes_them(page: Page):
    page.add_script_tag(content=MATHS)
    weights = np.random.default_rng(1).normal(size=(5, 5))
    balanced = np.array([[1.0, -1.0], [2.0, -2.0]])  # it cancels out: divided by the sum of magnitudes
    for name, kernel, wanted in [
        ("transpose", weights, weights.T),
        ("rotate", weights, np.rot90(weights, -1)),
        ("flip", weights, weights[::-1, ::-1]),
        ("normalize", weights, weights / weights.sum()),
        ("normalize", balanced, balanced / 6),
        ("normalize", np.zeros((3, 3)), np.zeros((3, 3))),
    ]:
        mine = page.evaluate("([name, kernel]) => maths[name](kernel)", [name, kernel.ravel().tolist()])
        np.testing.assert_allclose(mine, wanted.ravel(), atol=1e-12)


def _mulberry32(count: int, seed: int) -> list[float]:
    """Tommy Ettinger's generator, in Python's whole numbers."""
    drawn = []
    for n in range(1, count + 1):
        state = (seed + n * 0x6D2B79F5) % 2**32
        mixed = (state ^ state >> 15) * (state | 1) % 2**32
        mixed ^= (mixed + (mixed ^ mixed >> 7) * (mixed | 61)) % 2**32
        drawn.append((mixed ^ mixed >> 14) / 2**32)
    return drawn


def test_random_weights_repeat_by_seed_from_minus_one_to_one(page: Page):
    page.add_script_tag(content=MATHS)
    for seed in (0, 1, 2024, 999_999, 2**32 - 1):
        mine = page.evaluate("([seed]) => maths.random(7, seed)", [seed])
        assert mine == [(int(part * 201) - 100) / 100 for part in _mulberry32(49, seed)]


def test_a_worker_gives_a_preview_at_once_and_then_the_whole_result(page: Page):
    page.add_script_tag(content=MATHS)
    page.add_script_tag(content=COMPUTER)
    random = np.random.default_rng(5)
    pixels = random.integers(0, 256, (300, 200, 3))
    kernel = random.normal(size=(7, 7))
    job = {"height": 300, "width": 200, "kernels": [kernel.ravel().tolist()], "taps": 7, "color": "green",
           "options": {"stride": 1, "padding": "same", "custom": 1, "dilation": 1, "border": "reflect",
                       "flip": True, "bias": 0.5, "relu": False}}  # fmt: skip
    answer = page.evaluate(
        """async ({ pixels, job }) => {
          const seen = [];
          const whole = new Promise((resolve) => {
            window.computer = new Computer((response, skip) => {
              seen.push(skip);
              if (skip === 1) resolve({ values: Array.from(response.results[0]), range: response.range });
            });
          });
          window.computer.compute(maths.planesOf(pixels, job.height, job.width, 3, 255, job.color), job);
          const atOnce = seen.slice();
          return { atOnce, worker: window.computer.worker !== null, ...(await whole) };
        }""",
        {"pixels": pixels.ravel().tolist(), "job": job},
    )
    wanted = reference(pixels[..., 1] / 255, kernel, operation_of(job["options"]))
    assert answer["atOnce"] and answer["atOnce"][0] > 1
    assert answer["worker"]
    np.testing.assert_allclose(answer["values"], wanted.ravel(), atol=TOLERANCE)
    assert answer["range"] == pytest.approx([wanted.min(), wanted.max()])


def test_named_kernels_reach_the_browser_unchanged():
    for entry in stage.named_kernels():
        for size, weights in entry["weights"].items():
            assert weights == kernels.kernel(entry["name"], int(size)).ravel().tolist()


def test_colors_are_those_of_every_other_page():
    script = (FOLDER.parents[1] / "shared" / "js" / "colors.js").read_text()
    assert f"const POSITIVE = {list(color.POSITIVE)};" in script
    assert f"const NEGATIVE = {list(color.NEGATIVE)};" in script
