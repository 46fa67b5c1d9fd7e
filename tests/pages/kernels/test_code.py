"""The snippet is executed, and its numbers are held against the stage's."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.data import photographs, registry
from core.ops import kernels
from pages.kernels import chooser
from pages.kernels.code import snippet
from pages.kernels.picture import NINE_NUMBERS, StageImage, misfit, responses
from pages.kernels.state import NINE, TUTORIAL, flat

SAMPLE = registry.load("cifar10-sample")
CAT = chooser._from_dataset(SAMPLE, "test", 0)
SOBEL = (flat(kernels.kernel("sobel-x", 5)),)
ORIENTATION = 0x0112
FILTER = tuple(flat(weights) for weights in np.random.default_rng(0).integers(-100, 101, (3, 3, 3)) / 100)

STATES = {
    "tutorial": TUTORIAL,
    "correlation": replace(TUTORIAL, flip=False, kernels=SOBEL),
    "gray, strided": replace(TUTORIAL, color="gray", stride=3, kernels=SOBEL, bias=0.5),
    "dilated": replace(TUTORIAL, color="blue", dilation=3, border="reflect", relu=True, kernels=SOBEL),
    "custom wrap": replace(TUTORIAL, padding="custom", custom=4, border="wrap", flip=False, kernels=SOBEL),
    "stride with dilation": replace(TUTORIAL, stride=2, dilation=2, border="edge", kernels=SOBEL),
    "no padding": replace(TUTORIAL, padding="none", color="green", relu=True),
    "each": replace(TUTORIAL, color="each", bias=-0.25, relu=True, kernels=SOBEL),
    "filter": replace(TUTORIAL, color="filter", kernels=FILTER, flip=False, bias=0.125, relu=True),
    "filter, strided": replace(TUTORIAL, color="filter", kernels=FILTER, stride=2),
    "single weight": replace(TUTORIAL, kernels=((0.5,),), padding="none"),
    "even kernel": replace(TUTORIAL, kernels=((1.0, 2.0, 3.0, 4.0),)),
}


def run(code: str) -> dict:
    names: dict = {}
    exec(compile(code, "snippet", "exec"), names)
    return names


@pytest.fixture(autouse=True)
def official_arrays(monkeypatch):
    """Stand in for the download: the arrays hold the sample's images at their official places."""
    import keras

    train = np.zeros((10, 32, 32, 3), np.uint8), np.zeros((10, 1), np.uint8)
    test = np.array(SAMPLE.test.images), SAMPLE.test.labels[:, None]
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: (train, test))


@pytest.mark.parametrize("name", STATES)
def test_the_snippet_computes_what_the_stage_shows(name, capsys):
    state = STATES[name]
    names = run(snippet(CAT, state))
    wanted = responses(CAT, state)
    np.testing.assert_allclose(names["output"], wanted, rtol=0, atol=1e-12)
    np.testing.assert_allclose(names["keras_output"], wanted, rtol=0, atol=1e-12)
    assert str(wanted.shape) in capsys.readouterr().out


@pytest.mark.parametrize("state", [NINE, replace(NINE, flip=True), replace(NINE, padding="same", color="filter",
                                                                           kernels=NINE.kernels * 3)])  # fmt: skip
def test_the_worked_example_runs(state):
    np.testing.assert_allclose(run(snippet(NINE_NUMBERS, state))["output"], responses(NINE_NUMBERS, state))


def test_nineteen():
    assert responses(NINE_NUMBERS, NINE)[..., 0].tolist() == [[19, 25], [37, 43]]


def test_photographs_and_digits_load_as_the_snippet_says():
    digits = chooser._from_dataset(registry.load("digits"), "train", 3)
    china = StageImage(pixels=photographs.load("china"), unit=255, title="", code=chooser.photograph_code("china"))
    for picture in (digits, china):
        names = run(snippet(picture, TUTORIAL))
        np.testing.assert_array_equal(names["image"], picture.values)


def rotated_jpeg() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (700, 1500, 3), np.uint8)  # reduced twice: kept, then staged
    exif, stream = Image.Exif(), io.BytesIO()
    exif[ORIENTATION] = 6
    Image.fromarray(pixels).save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def transparent_png() -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 4), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def deep_png() -> bytes:
    pixels = np.random.default_rng(2).integers(0, 65536, (40, 60), np.uint16)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("make", [rotated_jpeg, transparent_png, deep_png])
def test_a_visitors_own_picture_loads_as_the_snippet_says(make, tmp_path, monkeypatch):
    name = "it's mine.picture"
    (tmp_path / name).write_bytes(make())
    monkeypatch.chdir(tmp_path)
    picture = chooser._uploaded(make(), name)
    names = run(snippet(picture, TUTORIAL))
    np.testing.assert_array_equal(names["image"], picture.values)
    np.testing.assert_allclose(names["output"], responses(picture, TUTORIAL), rtol=0, atol=1e-12)


def test_a_kernel_too_large_for_the_picture_is_a_misfit():
    assert "Choose a smaller kernel" in misfit(NINE_NUMBERS, replace(TUTORIAL, padding="none", kernels=SOBEL))
    assert misfit(NINE_NUMBERS, NINE) == ""
