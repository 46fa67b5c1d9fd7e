from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from core.model.construction.network import build
from core.model.explanations.occlusion import GRAY, occlusion_sensitivity
from core.model.inference.networks import Network
from core.model.quality.evaluation import logits_of
from core.model.structure.architecture import Architecture


def corner_logits(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A network that looks at the top left pixel alone: class 0 where it is bright."""
    bright = images[:, 0, 0, 0] / 255.0
    return np.stack([4 * bright, np.full(len(images), 2.0)], axis=1)


def test_by_hand_only_the_square_over_the_corner_matters() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[0, 0] = 255
    result = occlusion_sensitivity(corner_logits, image, 0, size=2, stride=2)
    fall = 1 / (1 + np.exp(-2)) - 1 / (1 + np.exp(2 - 4 * GRAY / 255))
    expected = np.zeros((4, 4))
    expected[:2, :2] = fall
    np.testing.assert_allclose(result.drop, expected, atol=1e-6)
    assert result.squares == 4
    assert result.largest_drop == pytest.approx(fall)


def test_where_squares_overlap_the_falls_are_averaged() -> None:
    image = np.zeros((3, 3, 3), np.uint8)
    image[0, 0] = 255
    result = occlusion_sensitivity(corner_logits, image, 0, size=2, stride=1)
    fall = result.largest_drop
    np.testing.assert_allclose(result.drop, [[fall, fall / 2, 0], [fall / 2, fall / 4, 0], [0, 0, 0]], atol=1e-6)


@pytest.mark.parametrize(("size", "stride"), [(8, 2), (7, 3), (32, 1), (5, 9)])
def test_equals_an_independent_loop_on_a_real_network(size: int, stride: int) -> None:
    model = build(Architecture.tutorial(), seed=1)
    network = Network.of(model, Architecture.tutorial())
    image = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    result = occlusion_sensitivity(partial(logits_of, network), image, 4, size=size, stride=stride)

    def probability(pixels: NDArray[np.uint8]) -> float:
        return float(softmax(np.asarray(model(pixels[None] / np.float32(255)))[0].astype(np.float64))[4])

    falls: dict[tuple[int, int], list[float]] = {}
    places = [*range(0, 32 - size, stride), 32 - size]
    for top in places:
        for left in places:
            covered = image.copy()
            covered[top : top + size, left : left + size, :] = 128
            fall = probability(image) - probability(covered)
            for row in range(top, top + size):
                for column in range(left, left + size):
                    falls.setdefault((row, column), []).append(fall)
    expected = np.zeros((32, 32))
    for place, values in falls.items():
        expected[place] = np.mean(values)
    np.testing.assert_allclose(result.drop, expected, atol=2e-6)  # float32 logits, in other batches
    assert result.squares == len(places) ** 2


def test_pixels_no_square_reaches_are_zero() -> None:
    image = np.full((5, 5, 3), 200, np.uint8)
    result = occlusion_sensitivity(corner_logits, image, 0, size=1, stride=4)
    assert np.count_nonzero(result.drop) == 1


def test_the_image_itself_is_left_alone() -> None:
    image = np.full((4, 4, 3), 255, np.uint8)
    image.setflags(write=False)
    occlusion_sensitivity(corner_logits, image, 0, size=2)
    assert (image == 255).all()


@pytest.mark.parametrize(("size", "stride"), [(0, 1), (5, 1), (2, 0)])
def test_impossible_squares_are_refused_with_a_sentence(size: int, stride: int) -> None:
    with pytest.raises(ValueError, match="Expected a square of 1 to 4 pixels"):
        occlusion_sensitivity(corner_logits, np.zeros((4, 4, 3), np.uint8), 0, size=size, stride=stride)
