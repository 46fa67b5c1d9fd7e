import numpy as np
import pytest

from core.data import photographs


@pytest.mark.parametrize("name", photographs.PHOTOGRAPHS)
def test_each_photograph_loads(name):
    pixels = photographs.load(name)

    assert pixels.dtype == np.uint8
    assert pixels.shape == (342, 512, 3)
    assert pixels.std() > 30
    assert not pixels.flags.writeable
    assert "CC BY" in photographs.PHOTOGRAPHS[name][1]


def test_they_are_scikit_learns():
    from sklearn.datasets import load_sample_image

    for name, (file, _) in photographs.PHOTOGRAPHS.items():
        difference = load_sample_image(file).mean(axis=(0, 1)) - photographs.load(name).mean(axis=(0, 1))
        assert np.abs(difference).max() < 1
