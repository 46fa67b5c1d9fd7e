"""Numbers as a page writes them, and as JSON does."""

import numpy as np
from numpy.typing import NDArray


def signed(value: float, form: str) -> str:
    """Write a number in a format of Python's, with a true minus sign instead of a hyphen; what rounds to 0 has none.

    >>> signed(-6.0612, ".4g"), signed(3.0, ".2f"), signed(-0.001, ".2f")
    ('−6.061', '3.00', '0.00')
    """
    text = format(value, form)
    return (text if float(text) else text.removeprefix("-")).replace("-", "−")


_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def spelled(count: int) -> str:
    """Write a count as a text does: in a word up to twelve.

    >>> spelled(10), spelled(100)
    ('ten', '100')
    """
    return _WORDS[count] if count < len(_WORDS) else str(count)


def counted(count: int, thing: str, things: str = "") -> str:
    """Write a count with what is counted; `things` where its plural takes more than an s.

    >>> counted(1, "image"), counted(2000, "image"), counted(1, "is", "are")
    ('1 image', '2,000 images', '1 is')
    """
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def finite(values: NDArray[np.float64]) -> list[float | None]:
    """Return numbers (n,) as JSON has them: None for what is not finite.

    >>> finite(np.array([0.5, np.nan, np.inf]))
    [0.5, None, None]
    """
    return [float(value) if np.isfinite(value) else None for value in values]
