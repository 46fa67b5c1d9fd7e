import re

import numpy as np

from core.charts.strips import ALIVE, DEAD, SILENT, strips

STATES = np.array([ALIVE, ALIVE, SILENT, DEAD])
HTML = strips({"conv2d <b>": STATES}, ("its maps", "zero here", "on all 5"), label="Which are dead")


def test_counts_and_numbers_are_told() -> None:
    assert "2 of 4" in HTML
    assert 'aria-label="4 maps; zero here: 3, 4; on all 5: 4"' in HTML
    assert "conv2d &lt;b&gt;" in HTML


def test_bars_lie_where_their_maps_are() -> None:
    alive, silent, dead = re.findall(
        r"linear-gradient\(to right, ([^()]*(?:\([^()]*\)[^()]*)*)\)", HTML.split("style=")[-1]
    )
    assert alive == "var(--accent) 0.00% 50.00%, transparent 50.00% 100.00%"
    assert silent == "transparent 0.00% 50.00%, currentColor 50.00% 100.00%"
    assert dead == "transparent 0.00% 75.00%, currentColor 75.00% 100.00%"
