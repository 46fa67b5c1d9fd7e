import pytest

from core.addressed import number, whole
from core.model.structure.weights import Weight


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("-100", -100), ("31", 31)])
def test_a_number_is_read_as_it_is_written(text: str, value: int) -> None:
    assert whole(text, -100, 100) == value


@pytest.mark.parametrize(
    "text",
    ["", "-", "--1", "101", "-101", "1.0", "1e1", "٣", "+1", " 1", "1_0", "-0", "007", "9" * 5000, "0" * 12 + "7"],
)
def test_anything_else_is_answered(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a whole number from -100 to 100"):
        whole(text, -100, 100)


@pytest.mark.parametrize(("text", "value"), [("3", 3.0), ("-.5", -0.5), ("1.", 1.0), ("1e-05", 1e-5), ("2E+3", 2000.0)])
def test_a_number_with_a_point_is_read(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "-", ".", "٣", "٣.5", "1_0", "1,000", " 1", "+1", "nan", "inf", "1e999", "0x1", "e3"]
)
def test_what_is_no_number_is_answered(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a number"):
        number(text)


@pytest.mark.parametrize("place", ["0000000007", "1.2.3.4.5", "٣", "-1", ""])
def test_a_weight_is_named_in_one_way(place: str) -> None:
    with pytest.raises(ValueError, match="Expected a layer, a variable and a place"):
        Weight.of(f"conv2d.kernel.{place}")
