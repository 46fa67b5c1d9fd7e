"""Numbers as a page writes them."""


def signed(value: float, form: str) -> str:
    """Write a number in a format of Python's, with a true minus sign instead of a hyphen.

    >>> signed(-6.0612, ".4g"), signed(3.0, ".2f")
    ('−6.061', '3.00')
    """
    return format(value, form).replace("-", "−")
