"""Which picture of a mosaic was clicked, known before the mosaic is drawn."""

from pages.shared.told import told, whole


def clicked(key: str) -> int | None:
    """Return the position that was clicked in the mosaic `key` and caused this run of the script, else None.

    The mosaic itself returns the same number, but only once it is drawn: too late for widgets above it.
    """
    return whole(told(key, "clicked"))
