import numpy as np

from core.charts.dots import SIDE, dots


def test_places_are_where_they_belong() -> None:
    drawn = dots(np.array([[-1.0, 1.0], [1.0, -1.0], [0.0, 0.0]]), np.array([0, 1, 12]))
    assert drawn[0, 0].tolist() == [0x4E, 0x79, 0xA7]  # top left
    assert drawn[-1, -1].tolist() == [0xF2, 0x8E, 0x2B]
    assert drawn[SIDE // 2, SIDE // 2].tolist() == [0xE1, 0x57, 0x59]  # the third color comes again
    assert (drawn != 255).any(axis=2).sum() == 3 * 14 * 14
