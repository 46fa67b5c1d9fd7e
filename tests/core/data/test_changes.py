import numpy as np
import pytest

from core.data.changes import CHANGES, compressed, darkened, scaled, shifted

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
SMOOTH = np.broadcast_to(np.arange(32, dtype=np.uint8)[None, :, None, None] * 8, (2, 32, 32, 3))


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_keeps_form_and_input(name):
    before = IMAGES.copy()
    after = CHANGES[name](IMAGES)
    assert (after.shape, after.dtype) == (IMAGES.shape, np.uint8)
    assert np.array_equal(IMAGES, before)
    assert np.array_equal(after, IMAGES) == (name == "as they are")


def test_a_shift_moves_right_and_down_and_mirrors_the_edge():
    moved = shifted(IMAGES, 4)
    assert np.array_equal(moved[:, 4:, 4:], IMAGES[:, :-4, :-4])
    assert np.array_equal(moved[:, 3, 4:], IMAGES[:, 1, :-4])


def test_scaling_stretches_about_the_middle():
    """A ramp of 8 a pixel becomes one of 8 / factor; its middle, between pixels 15 and 16, stays."""
    for factor in (0.8, 1.2):
        ramp = scaled(SMOOTH, factor)[0, 8:24, 16, 0].astype(float)
        assert np.allclose(np.diff(ramp), 8 / factor, atol=1.01)
        assert ramp.mean() == pytest.approx(15.5 * 8, abs=1)


def test_half_the_light_by_hand():
    assert darkened(np.array([[[[0, 101, 255]]]], np.uint8), 0.5).tolist() == [[[[0, 50, 128]]]]


def test_compression_loses_detail_not_the_picture():
    flat = np.full((1, 32, 32, 3), 90, np.uint8)
    assert np.abs(compressed(flat, 50).astype(int) - 90).max() <= 2
    errors = [np.abs(compressed(IMAGES, quality).astype(int) - IMAGES).mean() for quality in (20, 50, 90)]
    assert errors == sorted(errors, reverse=True)
