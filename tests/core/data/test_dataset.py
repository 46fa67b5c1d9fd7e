import numpy as np
import pytest

from core.data.dataset import empty_split, fingerprint, whole_split


def test_a_whole_split_counts_from_zero_and_is_read_only():
    split = whole_split(np.zeros((3, 32, 32, 3), np.uint8), np.array([1, 2, 3], np.uint8))

    assert len(split) == 3
    assert split.indices.tolist() == [0, 1, 2]
    for array in (split.images, split.labels, split.indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_an_empty_split():
    assert len(empty_split()) == 0
    assert empty_split().images.shape == (0, 32, 32, 3)


def test_fingerprints_tell_apart_contents_shapes_types_and_order():
    a, b = np.arange(6, dtype=np.uint8), np.arange(1, 7, dtype=np.uint8)
    different = [[a], [b], [a.reshape(2, 3)], [a.view(np.int8)], [a, b], [b, a], [a[:0]], []]

    assert len({fingerprint(arrays) for arrays in different}) == len(different)
    assert fingerprint([a]) == fingerprint([a.copy()])
    assert fingerprint([np.arange(12, dtype=np.uint8)[::2]]) == fingerprint([np.arange(0, 12, 2, dtype=np.uint8)])
