"""Numbers from outside. Whole ones are written in one way only, so that what stands in an address is what is chosen."""

import math
import re

_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def whole(text: str, low: int, high: int) -> int:
    """Return the whole number from `low` to `high` that a text says.

    >>> whole("-50", -100, 100)
    -50

    Raises:
        ValueError: it says none, one outside, or says it otherwise: "007", "+5", "٣", "1_0".
    """
    longest = max(len(str(low)), len(str(high)))
    value = int(text) if len(text) <= longest and text.removeprefix("-").isdecimal() else high + 1
    if text != str(value) or not low <= value <= high:
        raise ValueError(f"Expected a whole number from {low} to {high}.")
    return value


def number(text: str) -> float:
    """Return the finite number that a text says, in the digits 0 to 9.

    >>> number("-.5"), number("1e-3")
    (-0.5, 0.001)

    Raises:
        ValueError: it says none: "", "nan", "1e999", "٣", "1_0", "1,000".
    """
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    if not math.isfinite(value):
        raise ValueError("Expected a number.")
    return value
