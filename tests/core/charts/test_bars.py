import re

import numpy as np
import pytest

from core.charts.bars import bars, percent, probability_bars


def widths(text: str) -> list[float]:
    return [float(width) for width in re.findall(r"width:([\d.]+)%", text)]


def test_probabilities_are_drawn_to_scale() -> None:
    assert widths(probability_bars([0.25, 0.75], ["cat", "dog"])) == [25.0, 75.0]


def test_values_above_one_are_drawn_to_the_largest() -> None:
    assert widths(bars(["a", "b"], [2, 4], ["2", "4"])) == [50.0, 100.0]


def test_only_the_largest_probability_is_strong() -> None:
    text = probability_bars([0.1, 0.2, 0.7], ["cat", "dog", "frog"])
    assert text.count("row strong") == 1
    assert re.search(r"row strong.*?frog", text)


def test_the_true_class_is_named() -> None:
    assert "dog (true)" in probability_bars([0.6, 0.4], ["cat", "dog"], true=1)


def test_names_are_text_whatever_they_contain() -> None:
    text = bars(["<script>alert(1)</script>"], [1], ["<b>"])
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "&lt;b&gt;" in text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0.0 %"), (1.0, "100.0 %"), (1e-6, "< 0.1 %"), (1 - 1e-6, "> 99.9 %"), (0.6228, "62.3 %")],
)
def test_percent_never_rounds_a_rare_thing_away(share: float, text: str) -> None:
    assert percent(share) == text


def test_arrays_are_as_good_as_lists() -> None:
    assert probability_bars(np.array([0.5, 0.5]), ("a", "b")) == probability_bars([0.5, 0.5], ["a", "b"])


def test_of_many_classes_the_largest_are_drawn_with_the_true_one_and_the_rest_in_one_bar() -> None:
    values = np.linspace(0, 2 / 30, 30)  # they sum to 1
    text = probability_bars(values, [f"class {number}" for number in range(30)], true=3)
    names = re.findall(r'class="name">([^<]+)<', text)
    assert names == ["class 3 (true)", *(f"class {number}" for number in range(19, 30)), "18 others"]
    assert sum(widths(text)) == pytest.approx(100, abs=0.1)
    assert re.search(r"row strong[^<]*<span[^>]*>class 29<", text)
