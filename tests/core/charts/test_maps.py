import numpy as np
import pytest

from core.charts import color
from core.charts.maps import enlarge, heat_overlay, kernel_pictures, map_pictures, ranges

MAPS = np.stack([np.array([[0.0, 1.0], [0.5, 1.0]]), np.array([[0.0, 4.0], [2.0, 4.0]])], axis=-1)  # (2, 2, 2)


def test_ranges_are_the_true_ones() -> None:
    assert ranges(MAPS).tolist() == [[0, 1], [0, 4]]


def test_per_map_every_map_uses_the_whole_range() -> None:
    pictures = map_pictures(MAPS, "map", signed=False)
    assert pictures.shape == (2, 2, 2, 3)
    assert pictures[0].tolist() == pictures[1].tolist()
    assert pictures[0, 0, 1].tolist() == [255, 255, 255]


def test_per_layer_one_range_serves_all_maps() -> None:
    pictures = map_pictures(MAPS, "layer", signed=False)
    assert pictures[0].max() == 64  # 1 of 0..4
    assert pictures[1].max() == 255


@pytest.mark.parametrize("signed", [False, True])
def test_one_range_may_be_shared_with_other_maps(signed: bool) -> None:
    """What is a quarter as strong looks so, on whichever side it stands."""
    alone = map_pictures(MAPS[..., :1], "layer", signed=signed)
    beside = map_pictures(MAPS[..., :1], "layer", signed=signed, limits=(0.0, 4.0))
    both = map_pictures(MAPS, "layer", signed=signed)
    assert np.array_equal(beside[0], both[0])
    assert not np.array_equal(beside, alone)


def test_signed_maps_have_a_white_zero_and_opposite_colors() -> None:
    pictures = map_pictures(np.array([[[-2.0], [0.0], [2.0]]]), "map", signed=True)
    assert pictures[0, 0].tolist() == [list(color.NEGATIVE), [255, 255, 255], list(color.POSITIVE)]


def test_signed_per_layer_weak_maps_stay_pale() -> None:
    pictures = map_pictures(np.array([[[1.0, 4.0]]]), "layer", signed=True)
    assert pictures[1, 0, 0].tolist() == list(color.POSITIVE)
    assert pictures[0, 0, 0].min() > 150


def test_kernels_have_a_gray_zero_and_one_range_for_all_filters() -> None:
    kernels = np.zeros((3, 3, 3, 2))
    kernels[0, 0, 0, 0], kernels[1, 1, 2, 1] = 1.0, -0.5
    pictures = kernel_pictures(kernels)
    assert pictures.shape == (2, 3, 3, 3)
    assert pictures[0, 0, 0].tolist() == [255, 128, 128]  # red alone is positive
    assert pictures[1, 1, 1].tolist() == [128, 128, 64]  # half as strong, and negative in blue
    assert (pictures[1, 0] == 128).all()


def test_kernels_of_deeper_layers_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"Expected kernels of shape .* Received \(3, 3, 32, 8\)"):
        kernel_pictures(np.zeros((3, 3, 32, 8)))


def test_zero_kernels_are_gray() -> None:
    assert (kernel_pictures(np.zeros((3, 3, 3, 1))) == 128).all()


def test_enlarging_repeats_pixels() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert (enlarge(picture, 6) == picture.repeat(3, axis=0).repeat(3, axis=1)).all()


def test_overlay_is_gray_where_nothing_matters_and_tinted_where_it_does() -> None:
    image = np.full((1, 3, 3), 100, np.uint8)
    overlay = heat_overlay(image, np.array([[0.0, 0.5, -0.5]]))
    assert overlay[0, 0].tolist() == [100, 100, 100]
    assert overlay[0, 1, 2] > overlay[0, 1, 0]  # blue where the answer rests
    assert overlay[0, 2, 0] > overlay[0, 2, 2]  # orange where covering helps


def test_overlay_of_no_effect_is_the_gray_image() -> None:
    image = np.random.default_rng(0).integers(0, 256, (4, 4, 3), np.uint8)
    overlay = heat_overlay(image, np.zeros((4, 4)))
    assert (overlay[..., 0] == overlay[..., 1]).all()
