"""Which true class and which answer the views of this page look at: one choice for all of them."""

from pages.shared.choices import OneOf

ANY = "any"


def choices(names: tuple[str, ...]) -> dict[str, OneOf]:
    """Return the choice of the true class and that of the answer, by their labels."""
    keys = {"True class": "predictions.true", "Answer": "predictions.answer"}
    return {label: OneOf(key, (ANY, *names)) for label, key in keys.items()}


def position(name: str, names: tuple[str, ...]) -> int | None:
    """Return the position of a chosen class; None for any."""
    return None if name == ANY else names.index(name)


def chosen_cell(names: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the cell of the confusion matrix that both stand for, or None."""
    true, answer = (position(choice.value(), names) for choice in choices(names).values())
    return None if true is None or answer is None else (true, answer)


def choose_cell(cell: tuple[int, int] | None, names: tuple[str, ...]) -> None:
    """Choose a cell in place of the visitor; None chooses any class and any answer."""
    for choice, place in zip(choices(names).values(), cell or (None, None), strict=True):
        choice.choose(ANY if place is None else names[place])
