"""Numbers as a page writes them."""


def signed(value: float, form: str) -> str:
    """Write a number in a format of Python's, with a true minus sign instead of a hyphen; what rounds to 0 has none.

    >>> signed(-6.0612, ".4g"), signed(3.0, ".2f"), signed(-0.001, ".2f")
    ('−6.061', '3.00', '0.00')
    """
    text = format(value, form)
    return (text if float(text) else text.removeprefix("-")).replace("-", "−")
