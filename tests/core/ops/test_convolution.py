import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d

from core.data import registry
from core.errors import KernelError
from core.ops.convolution import Operation, combine, convolution, filter_response, gray, partial_maps
from core.ops.geometry import BORDERS, PADDINGS, Geometry
from core.ops.kernels import TUTORIAL_EDGE, TUTORIAL_EXAMPLE
from tests.core.ops.reference import reference

NINE = np.arange(9.0).reshape(3, 3)


operations = st.builds(
    Operation,
    geometry=st.builds(
        Geometry,
        stride=st.integers(1, 4),
        padding=st.sampled_from(PADDINGS),
        custom_padding=st.integers(0, 4),
        dilation=st.integers(1, 3),
        border=st.sampled_from(BORDERS),
    ),
    flip=st.booleans(),
    bias=st.floats(-2, 2),
    relu=st.booleans(),
)


def test_the_worked_nineteen():
    assert convolution(NINE, TUTORIAL_EXAMPLE, Operation(geometry=Geometry(padding="none"))).tolist() == [
        [19, 25],
        [37, 43],
    ]


def test_true_convolution_turns_the_kernel_first():
    turned = Operation(geometry=Geometry(padding="none"), flip=True)
    assert convolution(NINE, TUTORIAL_EXAMPLE, turned)[0, 0] == 0 * 3 + 1 * 2 + 3 * 1 + 4 * 0


def test_a_flat_image_gives_zero_inside():
    assert np.all(convolution(np.full((6, 6), 0.75), TUTORIAL_EDGE, Operation(geometry=Geometry(padding="none"))) == 0)


@settings(deadline=None, max_examples=200)
@given(
    operation=operations,
    seed=st.integers(0, 2**16),
    taps=st.sampled_from([1, 2, 3, 5, 7]),
    height=st.integers(1, 14),
    width=st.integers(1, 14),
)
def test_equals_the_reference_over_all_options(operation, seed, taps, height, width):
    random = np.random.default_rng(seed)
    image, kernel = random.random((height, width)), random.normal(size=(taps, taps))
    try:
        result = convolution(image, kernel, operation)
    except KernelError:
        span = operation.geometry.span(taps)
        assert min(height, width) + sum(operation.geometry.pads(min(height, width), taps)) < span
        return
    np.testing.assert_allclose(result, reference(image, kernel, operation), rtol=0, atol=1e-12)


@given(seed=st.integers(0, 2**16))
@settings(deadline=None, max_examples=30)
def test_convolution_with_same_equals_scipy(seed):
    random = np.random.default_rng(seed)
    image, kernel = random.random((9, 12)), random.normal(size=(3, 3))
    np.testing.assert_allclose(
        convolution(image, kernel, Operation(flip=True)), convolve2d(image, kernel, mode="same"), atol=1e-12
    )


@given(seed=st.integers(0, 2**16), flip=st.booleans())
@settings(deadline=None, max_examples=30)
def test_two_kernels_in_a_row_equal_the_combined_one(seed, flip):
    random = np.random.default_rng(seed)
    image, first, second = random.random((12, 12)), random.normal(size=(3, 3)), random.normal(size=(5, 5))
    operation = Operation(geometry=Geometry(padding="none"), flip=flip)
    in_a_row = convolution(convolution(image, first, operation), second, operation)
    np.testing.assert_allclose(convolution(image, combine(first, second), operation), in_a_row, atol=1e-12)


def test_a_filter_adds_up_its_channels_then_bias_then_relu():
    random = np.random.default_rng(3)
    image, kernels = random.random((5, 6, 3)), random.normal(size=(3, 3, 3))
    plain = sum(convolution(image[..., c], kernels[..., c]) for c in range(3))
    np.testing.assert_allclose(partial_maps(image, kernels).sum(-1), plain)
    operation = Operation(bias=-0.25, relu=True)
    np.testing.assert_allclose(filter_response(image, kernels, operation), np.maximum(plain - 0.25, 0))


def test_gray_keeps_white_white():
    assert gray(np.ones((2, 2, 3))) == pytest.approx(np.ones((2, 2)))


@pytest.mark.parametrize(
    ("image", "kernel"),
    [
        (np.zeros((4, 4, 3)), np.zeros((3, 3))),
        (np.zeros((4, 4)), np.zeros(3)),
        (np.zeros((0, 4)), np.zeros((3, 3))),
        (np.zeros((4, 4)), [[np.nan]]),
        (np.zeros((4, 4)), [[np.inf]]),
        (np.zeros((4, 4)), [[1e300]]),
        (np.zeros((2, 2)), np.zeros((3, 3))),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy(image, kernel):
    with pytest.raises(KernelError, match=r"Expected .*\. Received .*\. \w+"):
        convolution(image, kernel, Operation(geometry=Geometry(padding="none")))


def test_a_filter_needs_as_many_channels_as_the_image():
    with pytest.raises(KernelError, match="one kernel for each channel"):
        partial_maps(np.zeros((4, 4, 3)), np.zeros((3, 3, 2)))


@pytest.mark.parametrize("bias", [float("nan"), float("inf"), 1e9])
def test_a_bias_must_be_a_sensible_number(bias):
    with pytest.raises(KernelError, match="bias"):
        Operation(bias=bias)


@pytest.mark.cifar10
def test_the_tutorials_line_on_its_image(cifar10_environment):
    channel = registry.load("cifar10").train.images[9][..., 0] / 255.0
    ours = convolution(channel, TUTORIAL_EDGE, Operation(flip=True))
    np.testing.assert_allclose(ours, convolve2d(channel, TUTORIAL_EDGE, mode="same"), atol=1e-12)
    assert ours.min() < 0 and ours.max() > 1  # what the range 0 to 1 hides on both sides
