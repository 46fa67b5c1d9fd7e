"""What a setting of a recipe is: said once, for the check, the page that asks for it, comparisons, titles and links."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table in which runs are compared; settings that belong together share one.

    Attributes:
        name: of the row.
        otherwise: what stands there when none of its settings says anything.
    """

    name: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting, whatever its kind.

    Attributes:
        label: what a visitor reads beside it.
        link: its name in the address.
        group: the settings it is shown among; see `core.training.recipe`.
        help: what it does, with its source.
        only_with: name and value of another setting without which it has no effect, and is not asked for.
        row: where runs are compared by it; None where that is shown otherwise.
        says: what stands there: a function of the value, or text with braces for it.
        titled: how it is said in a run's title, likewise; where empty, among "other settings".
    """

    label: str
    link: str
    group: str
    help: str = ""
    only_with: tuple[str, object] | None = None
    row: Row | None = None
    says: str | Callable[[Any], str] = "{:g}"
    titled: str = ""

    def problem(self, name: str, value: object) -> str:
        """Return what is wrong with a value, in three sentences; empty where nothing is."""
        raise NotImplementedError

    def told(self, value: Any) -> str:
        """Return what stands in a comparison; empty for nothing."""
        return self.says.format(value) if isinstance(self.says, str) else self.says(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting):
    """A number from `low` to `high`.

    Attributes:
        low, high: the smallest and the largest value.
        whole: whether it is a whole number.
        offered: smallest and largest of what visitors may choose, where that is less.
        slider: whether it is chosen with a slider.
        none: the word for None, where that is allowed; None otherwise.
        silent: the value of which a comparison says nothing.
    """

    low: float
    high: float
    whole: bool = False
    offered: tuple[float, float] | None = None
    slider: bool = False
    none: str | None = None
    silent: float | None = None

    def problem(self, name: str, value: object) -> str:
        """See `Setting.problem`."""
        if value is None and self.none is not None:
            return ""
        if not isinstance(value, int | float) or isinstance(value, bool) or not self.low <= value <= self.high:
            return (
                f"Expected {_spoken(name)} from {self.low:,g} to {_written(self.high)}. Received {value!r}. "
                "Choose a value in that range."
            )
        if self.whole and not isinstance(value, int):
            return f"Expected a whole number for {_spoken(name)}. Received {value!r}. Round it."
        return ""

    def told(self, value: Any) -> str:
        """See `Setting.told`."""
        return "" if value is None or value == self.silent else Setting.told(self, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting):
    """One of a few values.

    Attributes:
        words: each value, and what it is called on the screen and in links.
        compared: what stands in a comparison, where that is something else.
        remarks: a sentence to show while a value is chosen.
    """

    words: dict[str, str]
    compared: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def problem(self, name: str, value: object) -> str:
        """See `Setting.problem`."""
        if isinstance(value, str) and value in self.words:
            return ""
        return f"Expected {_spoken(name)} to be one of {', '.join(self.words)}. Received {value!r}. Choose one."

    def told(self, value: Any) -> str:
        """See `Setting.told`."""
        return self.compared.get(value, self.words[value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Setting):
    """Yes or no."""

    def problem(self, name: str, value: object) -> str:
        """See `Setting.problem`."""
        return "" if isinstance(value, bool) else f"Expected yes or no for {_spoken(name)}. Received {value!r}. Choose."

    def told(self, value: Any) -> str:
        """See `Setting.told`."""
        return Setting.told(self, value) if value else ""


def setting(usual: Any, about: Setting) -> Any:
    """Return a dataclass field with a usual value and what is said of it."""
    return field(default=usual, metadata={"setting": about})


def settings_of(recipe: Any) -> dict[str, Setting]:
    """Return the settings of a dataclass (or an instance), by name, in their order."""
    return {each.name: each.metadata["setting"] for each in fields(recipe) if "setting" in each.metadata}


def applies(about: Setting, recipe: Any) -> bool:
    """Return whether a setting has an effect beside what else is chosen."""
    return about.only_with is None or getattr(recipe, about.only_with[0]) == about.only_with[1]


def compared(recipe: Any) -> dict[str, str]:
    """Return the rows in which recipes are compared: what each row's settings say, separated by commas."""
    rows: dict[Row, list[str]] = {}
    for name, about in settings_of(recipe).items():
        if about.row is not None:
            said = rows.setdefault(about.row, [])
            if applies(about, recipe) and (words := about.told(getattr(recipe, name))):
                said.append(words)
    return {row.name: ", ".join(said) or row.otherwise for row, said in rows.items()}


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _written(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
