import numpy as np
import pytest

from core.errors import KernelError
from core.ops import kernels
from core.ops.convolution import Operation, convolution
from core.ops.geometry import Geometry
from core.ops.kernels import TUTORIAL_EDGE, kernel
from core.ops.named_kernels import KERNELS

EVERY = [(name, size) for name, named in KERNELS.items() for size in named.sizes]


@pytest.mark.parametrize(("name", "size"), EVERY)
def test_every_kernel_is_square_finite_and_explained(name, size):
    weights = kernel(name, size)
    assert weights.shape == (size, size) and np.all(np.isfinite(weights))
    assert KERNELS[name].sentence.endswith(".") and KERNELS[name].source


def test_the_families_a_visitor_is_offered():
    families = {named.family for named in KERNELS.values()}
    assert families == {"Identity", "Blur", "Sharpen", "Edges", "Gradients", "Oriented", "Gabor"}
    assert {size for named in KERNELS.values() for size in named.sizes} <= set(kernels.SIZES)


@pytest.mark.parametrize(
    ("name", "size"), [(n, s) for n, s in EVERY if KERNELS[n].family in ("Identity", "Blur", "Sharpen")]
)
def test_blurs_and_sharpeners_keep_brightness(name, size):
    assert kernel(name, size).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (n, s)
        for n, s in EVERY
        if KERNELS[n].family in ("Gradients", "Oriented", "Gabor") or n in ("tutorial-edge", "laplacian", "log")
    ],
)
def test_detectors_answer_zero_on_even_areas(name, size):
    assert kernel(name, size).sum() == pytest.approx(0.0, abs=1e-9)


def test_known_weights():
    assert kernel("tutorial-edge", 3).tolist() == TUTORIAL_EDGE.tolist()
    assert (kernel("gaussian", 3) * 16).tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert kernel("scharr-y", 3).tolist() == [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]
    assert kernel("sharpen", 3).tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert kernel("sobel-x", 5)[2].tolist() == [-6, -12, 0, 12, 6]


@pytest.mark.parametrize("name", ["sobel-x", "prewitt-x", "scharr-x"])
def test_gradients_are_positive_where_it_gets_brighter_to_the_right(name):
    ramp = np.tile(np.arange(5.0), (5, 1))
    assert np.all(convolution(ramp, kernel(name, 3), Operation(geometry=Geometry(padding="none"))) > 0)


@pytest.mark.parametrize("family", ["line", "gabor"])
@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_an_oriented_kernel_answers_most_to_its_own_direction(family, degrees):
    answers = {
        other: np.sum(kernel(f"{family}-{degrees}", 5) * kernel(f"line-{other}", 5)) for other in (0, 45, 90, 135)
    }
    assert max(answers, key=answers.get) == degrees


@pytest.mark.parametrize(("name", "size"), [("unknown", 3), ("laplacian", 5)])
def test_unknown_kernels_are_refused(name, size):
    with pytest.raises(KernelError, match="Choose one of"):
        kernel(name, size)


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_that_looks_different_turned_has_a_sentence_for_either_mode(name):
    named = KERNELS[name]
    same = all(np.allclose(named.make(size), np.rot90(named.make(size), 2)) for size in named.sizes)
    assert (named.turned == named.sentence) == same


@pytest.mark.parametrize(("name", "size"), [(n, s) for n, s in EVERY if KERNELS[n].family == "Gradients"])
@pytest.mark.parametrize("turn", [False, True])
def test_a_gradient_has_the_sign_that_is_told(name, size, turn):
    """On a ramp that rises to the right and downwards."""
    ramp = np.add.outer(np.arange(16.0), np.arange(16.0)) / 30
    response = convolution(ramp, kernel(name, size), Operation(geometry=Geometry(padding="none"), flip=turn))
    told = KERNELS[name].turned if turn else KERNELS[name].sentence
    assert ("gets brighter" in told, "gets darker" in told) == (response.min() > 0, response.max() < 0)


@pytest.mark.parametrize("turn", [False, True])
def test_emboss_lights_the_corner_that_is_told(turn):
    hill = np.zeros((15, 15))
    hill[5:10, 5:10] = 1
    response = convolution(hill, kernel("emboss", 3), Operation(geometry=Geometry(padding="same"), flip=turn))
    told = KERNELS["emboss"].turned if turn else KERNELS["emboss"].sentence
    assert ("upper left" in told) == (response[5, 5] > response[9, 9])
