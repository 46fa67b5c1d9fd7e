"""Whole numbers as an address has them: written in one way only, so that what stands there is what is chosen."""


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
