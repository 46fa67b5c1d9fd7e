import numpy as np

from core.charts.confusion_sheet import MARGIN, NONE, RIGHT, cell_colors, cell_side, confusion_sheet
from pages.shared.takehome import FONT

COUNTS = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])


def test_colors_follow_the_shares() -> None:
    colors = cell_colors(COUNTS)
    assert tuple(colors[0, 2]) == tuple(colors[2, 2]) == NONE
    np.testing.assert_allclose(colors[1, 1], 0.15 * np.array(NONE) + 0.85 * np.array(RIGHT), atol=0.5)
    weight = 0.85 * np.sqrt(1 / 4)
    np.testing.assert_allclose(colors[0, 1], (1 - weight) * np.array(NONE) + weight * np.array([217, 95, 2]), atol=0.5)


def test_every_cell_is_drawn_in_its_place() -> None:
    side = cell_side(3)
    sheet = confusion_sheet(COUNTS, ["cat", "dog", "eel"], FONT)
    assert sheet.shape == (MARGIN + 3 * side, MARGIN + 3 * side, 3)
    cells = sheet[MARGIN:, MARGIN:].reshape(3, side, 3, side, 3).swapaxes(1, 2)
    colors = cell_colors(COUNTS)
    np.testing.assert_array_equal(cells[:, :, 2, 2], colors)  # the corner of each
    assert (cells != colors[:, :, None, None]).any(axis=(2, 3, 4)).all()  # its number


def test_names_stand_beside_their_rows_and_over_their_columns() -> None:
    side = cell_side(3)
    sheet = confusion_sheet(COUNTS, ["m", "mmmm", "mmmmmmmm"], FONT)
    rows, columns = sheet[MARGIN:, :MARGIN], np.rot90(sheet[:MARGIN, MARGIN:], -1)
    for margin in (rows, columns):
        inked = (margin < 100).all(axis=-1).reshape(3, side, MARGIN).any(axis=1).sum(axis=1)  # pixels across
        assert 0 < 2 * inked[0] < inked[1] < inked[2]


def test_a_hundred_classes_are_a_picture_without_numbers() -> None:
    counts = np.eye(100, dtype=np.int64)
    sheet = confusion_sheet(counts, [f"class {n}" for n in range(100)], FONT)
    expected = cell_colors(counts).repeat(cell_side(100), axis=0).repeat(cell_side(100), axis=1)
    np.testing.assert_array_equal(sheet[MARGIN:, MARGIN:], expected)
